# technique: BENIGN - ordinary program: operators vector
# expected: accepted
# expect: ['Vec(4, 3)', True, 'Vec(5, 2)', True, 1, 5.0, False, '(4.0, 3.0)', 1, True, 'Vec(-1, 1)', [-1, 1], ((2, 1), (2, 2)), 'Vec(4, 9)', 5, 'Vec(3, -3)', "unsupported operand type(s) for +: 'Vec' and 'int'", 'Vec(1.3, 2.3)', (1, -1), True]
import math
class Vec:
    __slots__ = ("x", "y")
    def __init__(self, x=0.0, y=0.0): self.x, self.y = x, y
    def __repr__(self): return f"Vec({self.x:g}, {self.y:g})"
    def __add__(self, o): return Vec(self.x + o.x, self.y + o.y) if isinstance(o, Vec) else NotImplemented
    def __radd__(self, o): return self if o == 0 else NotImplemented
    def __sub__(self, o): return Vec(self.x - o.x, self.y - o.y)
    def __mul__(self, k): return Vec(self.x * k, self.y * k) if isinstance(k, (int, float)) else NotImplemented
    __rmul__ = __mul__
    def __matmul__(self, o): return self.x * o.x + self.y * o.y
    def __neg__(self): return self * -1
    def __abs__(self): return math.hypot(self.x, self.y)
    def __bool__(self): return bool(self.x or self.y)
    def __eq__(self, o): return isinstance(o, Vec) and (self.x, self.y) == (o.x, o.y)
    def __hash__(self): return hash((self.x, self.y))
    def __iter__(self): yield from (self.x, self.y)
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __len__(self): return 2
    def __round__(self, n=0): return Vec(round(self.x, n), round(self.y, n))
    def __format__(self, spec): return f"({self.x:{spec}}, {self.y:{spec}})"
    def __contains__(self, v): return v in (self.x, self.y)
    def __iadd__(self, o):
        self.x += o.x
        self.y += o.y
        return self
    def __divmod__(self, k): return divmod(self.x, k), divmod(self.y, k)
    def __pow__(self, n, mod=None): return Vec(pow(self.x, n, mod), pow(self.y, n, mod))
    def __call__(self, t): return self * t
    def __int__(self): return int(abs(self))
    def __reversed__(self): return iter((self.y, self.x))
a, b = Vec(3, 4), Vec(1, -1)
c = a
c += b
try:
    a + 5
except TypeError as e:
    err = str(e)
x, y = b
result = [repr(a), c is a, repr(sum([a, b])), 2 * b == b * 2, a @ b, abs(Vec(3, 4)), bool(Vec()), f"{a:.1f}", len({Vec(1, 2), Vec(1, 2)}), 4 in a, repr(-b), list(reversed(b)), divmod(Vec(7, 8), 3), repr(Vec(2, 3) ** 2), int(Vec(3, 4)), repr(b(3)), err, repr(round(Vec(1.26, 2.34), 1)), (x, y), a != b]
