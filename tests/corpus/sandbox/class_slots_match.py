# technique: a slot called like a guarded attribute is own data
# expected: harmless
class A:
    __slots__ = ("obj",)
a = A()
a.obj = 3
result = a.obj
