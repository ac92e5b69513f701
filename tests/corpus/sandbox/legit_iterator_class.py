# technique: BENIGN - __iter__/__next__, __reversed__, iter with sentinel
# expected: accepted
# expect: [[3, 2, 1], [1, 2, 3], True, [1, 2], 10, {1: 2, 2: 1}]
class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        self.i = self.n
        return self
    def __next__(self):
        if self.i <= 0:
            raise StopIteration
        self.i -= 1
        return self.i + 1
    def __reversed__(self):
        return iter(range(1, self.n + 1))
    def __contains__(self, x):
        return 0 < x <= self.n
values = iter([1, 2, 0, 3])
result = [list(Countdown(3)), list(reversed(Countdown(3))), 2 in Countdown(3), list(iter(lambda: next(values), 0)), sum(Countdown(4)), dict(enumerate(Countdown(2), 1))]
