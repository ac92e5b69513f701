# technique: type(lambda: 0) makes functions of code objects
# expected: rejected
F = type(lambda: 0)
def g():
    return 1
result = "ESCAPED " + str(F(g.__code__, {}))
