# technique: BENIGN - __repr__ built from self.__class__.__name__ and self.__dict__
# expected: accepted
# expect: ["Point(x=1, y='a')", 'Base()', {'z': 3}]
class Base:
    def __init__(self, **kw):
        self.__dict__.update(kw)
    def __repr__(self):
        fields = ", ".join(f"{k}={v!r}" for k, v in sorted(self.__dict__.items()))
        return f"{self.__class__.__name__}({fields})"
class Point(Base):
    pass
result = [repr(Point(x=1, y="a")), str(Base()), vars(Point(z=3))]
