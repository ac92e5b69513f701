# technique: BENIGN - running moments that can be merged
# expected: accepted
# expect: (10, 4.5, 3.02765)
import math
class Stats:
    __slots__ = ("n", "mean", "m2")
    def __init__(self, n=0, mean=0.0, m2=0.0):
        self.n, self.mean, self.m2 = n, mean, m2
    def add(self, x):
        self.n += 1
        d = x - self.mean
        self.mean += d / self.n
        self.m2 += d * (x - self.mean)
        return self
    def __add__(self, other):
        n = self.n + other.n
        d = other.mean - self.mean
        return Stats(n, self.mean + d * other.n / n, self.m2 + other.m2 + d * d * self.n * other.n / n)
    @property
    def std(self):
        return math.sqrt(self.m2 / (self.n - 1)) if self.n > 1 else 0.0
a, b = Stats(), Stats()
for x in range(5):
    a.add(x)
for x in range(5, 10):
    b.add(x)
c = a + b
result = (c.n, c.mean, round(c.std, 6))
