# technique: __slots__ with "__dict__" and "__weakref__"
# expected: harmless
class A:
    __slots__ = ("x", "__dict__")
a = A()
a.x, a.y = 1, 2
result = [a.x, a.y]
