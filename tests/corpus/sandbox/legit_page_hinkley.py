# technique: BENIGN - Page-Hinkley change detection in a class
# expected: accepted
# expect: [51, 52, 53, 0.5]
class PageHinkley:
    def __init__(self, delta=0.005, threshold=5.0):
        self.delta, self.threshold = delta, threshold
        self.mean = self.total = self.low = 0.0
        self.n = 0
    def update(self, x):
        self.n += 1
        self.mean += (x - self.mean) / self.n
        self.total += x - self.mean - self.delta
        self.low = min(self.low, self.total)
        return self.total - self.low > self.threshold
ph = PageHinkley()
stream = [0.0] * 50 + [3.0] * 10
result = [i for i, x in enumerate(stream) if ph.update(x)][:3] + [round(ph.mean, 3)]
