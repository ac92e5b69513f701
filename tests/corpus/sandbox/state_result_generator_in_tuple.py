# technique: a generator deep in a result
# expected: rejected
result = {"a": [(1, (x for x in [1]))]}
