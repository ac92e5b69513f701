# technique: type(f)(...) called with what can be reached without dunders
# expected: rejected
F = type(lambda: 0)
try:
    result = "ran:" + str(F(compile, {}))
except TypeError as e:
    result = None
    raise
