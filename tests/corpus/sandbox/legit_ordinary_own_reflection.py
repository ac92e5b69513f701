# technique: BENIGN - ordinary program: own reflection
# expected: accepted
# expect: ["Child(name='x', n=2)", ['grow', 'methods'], 4, {'name': 'x', 'n': 2, 'size': 4}, {'size': 3}, None, 'A base.', 'Child', 'int', ['size'], False, False, True, None, True, True, 'Child.grow']
class Base:
    """A base."""
    kind: str = "base"
    def __init__(self, **kw):
        for k, v in kw.items():
            setattr(self, k, v)
    def __repr__(self):
        inner = ", ".join(f"{k}={v!r}" for k, v in vars(self).items())
        return f"{self.__class__.__name__}({inner})"
    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__
    def methods(self):
        return [n for n in dir(self) if not n.startswith("_") and callable(getattr(self, n))]
class Child(Base):
    size: int = 3
    def grow(self, by: int = 1) -> int:
        self.size += by
        return self.size
c = Child(name="x", n=2)
consts = {k: v for k, v in vars(Child).items() if not k.startswith("_") and not callable(v)}
result = [repr(c), c.methods(), c.grow(), c.__dict__, consts, Child.__doc__, Base.__doc__, Child.__name__, Child.grow.__annotations__["by"].__name__, sorted(Child.__annotations__), c == Child(name="x", n=2), c == 5, hasattr(c, "grow"), getattr(c, "nope", None), Child.__module__ == Base.__module__, issubclass(Child, Base), Child.grow.__qualname__]
