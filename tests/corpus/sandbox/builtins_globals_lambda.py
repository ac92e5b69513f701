# technique: globals() in a lambda default
# expected: rejected
f = lambda g=globals(): g
result = str(f())
