# technique: BENIGN - ordinary program: anomaly detectors
# expected: accepted
# expect: [{'ZScore': [5], 'Mad': [5]}, 'NotImplementedError']
import math, statistics
from collections import deque
class Detector:
    def __init__(self, window=5, threshold=3.0):
        self.xs, self.threshold = deque(maxlen=window), threshold
    def update(self, x):
        score = self.score(x)
        self.xs.append(x)
        return score is not None and abs(score) > self.threshold
    def score(self, x): raise NotImplementedError
class ZScore(Detector):
    def score(self, x):
        if len(self.xs) < 3: return None
        s = statistics.stdev(self.xs)
        return (x - statistics.mean(self.xs)) / s if s else None
class Mad(Detector):
    def score(self, x):
        if len(self.xs) < 3: return None
        m = statistics.median(self.xs)
        mad = statistics.median(abs(v - m) for v in self.xs)
        return 0.6745 * (x - m) / mad if mad else None
xs = [10, 11, 10, 12, 11, 50, 11, 10]
found = {cls.__name__: [i for i, x in enumerate(xs) if d.update(x)] for cls in (ZScore, Mad) for d in [cls()]}
try:
    Detector().update(1)
except NotImplementedError as e:
    base = type(e).__name__
result = [found, base]
