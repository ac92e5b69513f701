# technique: assignment to __class__ of an instance
# expected: rejected
class A:
    pass
class B:
    pass
a = A()
a.__class__ = B
result = "ran"
