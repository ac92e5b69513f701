# technique: BENIGN - ordinary program: ewma cusum
# expected: accepted
# expect: [[10, 10.06, 10.012, 10.0384, 10.6269, 11.1888, 11.4922, 11.8845], 5, {'target': 10.05, 'k': 0.1118033988749891, 'h': 4.0, 'high': 8.852786404500039, 'low': 0.0}]
from dataclasses import dataclass, field
from statistics import fmean, pstdev
@dataclass
class Ewma:
    alpha: float = 0.3
    mean: float | None = None
    def update(self, x: float) -> float:
        self.mean = x if self.mean is None else self.alpha * x + (1 - self.alpha) * self.mean
        return self.mean
@dataclass
class Cusum:
    target: float
    k: float = 0.5
    h: float = 4.0
    high: float = field(default=0.0, init=False)
    low: float = field(default=0.0, init=False)
    def update(self, x):
        self.high = max(0.0, self.high + x - self.target - self.k)
        self.low = max(0.0, self.low - x + self.target - self.k)
        return self.high > self.h or self.low > self.h
xs = [10, 10.2, 9.9, 10.1, 12, 12.5, 12.2, 12.8]
e, c = Ewma(), Cusum(fmean(xs[:4]), k=pstdev(xs[:4]))
result = [[round(e.update(x), 4) for x in xs], [c.update(x) for x in xs].index(True), c]
