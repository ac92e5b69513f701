# technique: BENIGN - functools.total_ordering
# expected: accepted
# expect: [True, True, False, [1, 3], False, 1]
from functools import total_ordering
@total_ordering
class V:
    def __init__(self, n):
        self.n = n
    def __eq__(self, other):
        if not isinstance(other, V):
            return NotImplemented
        return self.n == other.n
    def __lt__(self, other):
        return self.n < other.n
    def __hash__(self):
        return hash(self.n)
result = [V(1) <= V(1), V(2) > V(1), V(1) >= V(2), [v.n for v in sorted([V(3), V(1)])], V(1) == 1, len({V(1), V(1)})]
