# technique: __init_subclass__ defined by name
# expected: rejected
class A:
    def __init_subclass__(cls, **kw):
        pass
class B(A, x=1):
    pass
result = "ran"
