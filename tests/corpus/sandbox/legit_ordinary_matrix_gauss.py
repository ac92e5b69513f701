# technique: BENIGN - ordinary program: matrix gauss
# expected: accepted
# expect: ['Matrix([[11/18, -2/9, 1/18], [-2/9, 4/9, -1/9], [1/18, -1/9, 5/18]])', True, False, Fraction(1, 1)]
from fractions import Fraction
class Matrix:
    def __init__(self, rows):
        self.rows = [[Fraction(x) for x in r] for r in rows]
    def __matmul__(self, other):
        return Matrix([[sum(a * b for a, b in zip(r, c)) for c in zip(*other.rows)] for r in self.rows])
    def __getitem__(self, key):
        if isinstance(key, tuple):
            i, j = key
            return self.rows[i][j]
        return self.rows[key]
    def __eq__(self, other):
        return self.__class__ is other.__class__ and self.rows == other.rows
    def __repr__(self):
        return "Matrix([" + ", ".join("[" + ", ".join(map(str, r)) + "]" for r in self.rows) + "])"
    @classmethod
    def identity(cls, n):
        return cls([[int(i == j) for j in range(n)] for i in range(n)])
    def inverse(self):
        n = len(self.rows)
        a = [r + i for r, i in zip(self.rows, Matrix.identity(n).rows)]
        for k in range(n):
            p = next(i for i in range(k, n) if a[i][k] != 0)
            a[k], a[p] = a[p], a[k]
            a[k] = [x / a[k][k] for x in a[k]]
            for i in range(n):
                if i != k:
                    a[i] = [x - a[i][k] * y for x, y in zip(a[i], a[k])]
        return Matrix([r[n:] for r in a])
m = Matrix([[2, 1, 0], [1, 3, 1], [0, 1, 4]])
result = [repr(m.inverse()), m @ m.inverse() == Matrix.identity(3), m == 5, m[1, 2]]
