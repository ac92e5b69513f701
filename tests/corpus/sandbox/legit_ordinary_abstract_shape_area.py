# technique: BENIGN - ordinary program: abstract shape area
# expected: accepted
# expect: [['rect 3.0 cm²', 'circle 3.1 cm²', '[square] 4.0 cm²'], 3, 'positive please', True]
import math
from abc import ABC, abstractmethod
class Shape(ABC):
    count = 0
    def __new__(cls, *args, **kwargs):
        Shape.count += 1
        return super().__new__(cls)
    @property
    @abstractmethod
    def area(self) -> float: ...
    @staticmethod
    def unit(): return "cm²"
    @classmethod
    def named(cls): return cls.__name__.lower()
    def __lt__(self, other): return self.area < other.area
    def __str__(self): return f"{self.named()} {self.area:.1f} {self.unit()}"
class Circle(Shape):
    def __init__(self, r): self.r = r
    @property
    def area(self): return math.pi * self.r ** 2
class Rect(Shape):
    def __init__(self, w, h): self._w, self._h = w, h
    @property
    def area(self): return self._w * self._h
    @property
    def w(self): return self._w
    @w.setter
    def w(self, v):
        if v <= 0: raise ValueError("positive please")
        self._w = v
    @w.deleter
    def w(self): self._w = 1
class Square(Rect):
    def __init__(self, a): super().__init__(a, a)
    @classmethod
    def named(cls): return "[" + super().named() + "]"
shapes = [Circle(1), Rect(2, 3), Square(2)]
r = shapes[1]
r.w = 5
del r.w
try:
    r.w = 0
except ValueError as e: msg = str(e)
result = [list(map(str, sorted(shapes))), Shape.count, msg, isinstance(shapes[2], Rect)]
