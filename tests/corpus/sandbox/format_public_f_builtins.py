# technique: {0.gi_frame.f_builtins[open]}
# expected: rejected
def g():
    yield 1
result = "ESCAPED " + "{0.gi_frame.f_builtins[open]}".format(g())
