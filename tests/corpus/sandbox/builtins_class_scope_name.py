# technique: a name bound in a class body is not the module's
# expected: rejected
class A:
    eval = None
result = eval("1")
