# technique: BENIGN - __new__ for immutables, class-level counters, __del__ that does nothing
# expected: accepted
# expect: ['2.5 m', 2.5, True, 'negative', True]
class Meters(float):
    def __new__(cls, v):
        if v < 0:
            raise ValueError("negative")
        return super().__new__(cls, v)
    def __add__(self, o):
        return type(self)(super().__add__(o))
    def __str__(self):
        return f"{float(self):.1f} m"
class Single:
    _instance = None
    def __new__(cls, *a):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance
a = Meters(2) + Meters(0.5)
try:
    Meters(-1)
    bad = None
except ValueError as e:
    bad = str(e)
result = [str(a), float(a), isinstance(a, Meters), bad, Single() is Single(1)]
