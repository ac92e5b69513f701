# technique: walrus in a comprehension binds in the outer scope
# expected: rejected
out = [(_getattr_ := x) for x in [1]]
result = out
