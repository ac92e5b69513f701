# technique: BENIGN - inheritance, super(), properties, overriding, isinstance
# expected: accepted
# expect: ['rect s: 2.25!', True, True, 'Square', True, 'shape x: 0.00']
class Shape:
    kind = "shape"
    def __init__(self, name):
        self.name = name
    def area(self):
        return 0
    def describe(self):
        return f"{self.kind} {self.name}: {self.area():.2f}"
class Rect(Shape):
    kind = "rect"
    def __init__(self, name, w, h):
        super().__init__(name)
        self.w, self.h = w, h
    def area(self):
        return self.w * self.h
class Square(Rect):
    def __init__(self, name, side):
        super().__init__(name, side, side)
    def describe(self):
        return super().describe() + "!"
s = Square("s", 1.5)
result = [s.describe(), isinstance(s, Shape), issubclass(Square, Rect), type(s).__name__, type(s) is Square, Shape("x").describe()]
