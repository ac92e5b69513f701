# technique: __slots__ naming interpreter attributes makes own descriptors with those names
# expected: rejected
class A:
    __slots__ = ("__class__",)
result = "ran"
