# technique: BENIGN - operator overloading incl. reflected, in-place, comparison, call
# expected: accepted
# expect: ['Vec(4, 6)', 11, 'Vec(2, 4)', 'Vec(-1, -2)', 11, 5.0, False, 2, 2, 'Vec(1.5, 2.5)', True, '(1.0, 2.0)', [3, 4], 1, 5, 'Vec(1.3,)', True, [1, 2]]
class Vec:
    def __init__(self, *v):
        self.v = v
    def __add__(self, o):
        return Vec(*(a + b for a, b in zip(self.v, o.v)))
    def __mul__(self, k):
        if isinstance(k, Vec):
            return sum(a * b for a, b in zip(self.v, k.v))
        return Vec(*(a * k for a in self.v))
    __rmul__ = __mul__
    def __neg__(self):
        return self * -1
    def __matmul__(self, o):
        return self * o
    def __eq__(self, o):
        return isinstance(o, Vec) and self.v == o.v
    def __hash__(self):
        return hash(self.v)
    def __abs__(self):
        return sum(x * x for x in self.v) ** 0.5
    def __bool__(self):
        return any(self.v)
    def __getitem__(self, i):
        return self.v[i]
    def __len__(self):
        return len(self.v)
    def __call__(self, f):
        return Vec(*map(f, self.v))
    def __lt__(self, o):
        return abs(self) < abs(o)
    def __repr__(self):
        return f"Vec{self.v}"
    def __format__(self, spec):
        return "(" + ", ".join(format(x, spec) for x in self.v) + ")"
    def __int__(self):
        return int(abs(self))
    def __round__(self, n=0):
        return Vec(*(round(x, n) for x in self.v))
a, b = Vec(1, 2), Vec(3, 4)
result = [repr(a + b), a * b, repr(2 * a), repr(-a), a @ b, abs(b), bool(Vec(0, 0)), a[1], len(b), repr(a(lambda x: x + 0.5)), min(a, b) == a, f"{a:.1f}", list(b), len({a, Vec(1, 2)}), int(b), repr(round(Vec(1.26), 1)), a != b, [*a]]
