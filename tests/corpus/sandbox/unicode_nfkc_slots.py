# technique: slots with compatibility characters
# expected: harmless
class A:
    __slots__ = ("ﬁeld",)
result = "ran"
