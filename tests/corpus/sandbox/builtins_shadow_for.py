# technique: for and comprehension targets named like guards
# expected: rejected
out = [1 for _getattr_ in [1]]
for __builtins__ in [{}]:
    pass
result = "ran"
