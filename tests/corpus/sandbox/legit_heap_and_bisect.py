# technique: BENIGN - heapq, bisect and a priority queue with tie breaking
# expected: accepted
# expect: [['a', 'b', {'c': 1}], ['F', 'D', 'B', 'A'], [1, 3, 4, 5], [1, 5], [1, 2, 3, 4]]
import bisect
import heapq
from itertools import count
class PQ:
    def __init__(self):
        self._heap, self._n = [], count()
    def push(self, pri, item):
        heapq.heappush(self._heap, (pri, next(self._n), item))
    def pop(self):
        return heapq.heappop(self._heap)[2]
    def __bool__(self):
        return bool(self._heap)
q = PQ()
for pri, item in [(2, "b"), (1, "a"), (2, {"c": 1})]:
    q.push(pri, item)
out = []
while q:
    out.append(q.pop())
grades = [bisect.bisect([60, 70, 80, 90], s) for s in (33, 60, 85, 99)]
xs = [1, 3, 5]
bisect.insort(xs, 4)
result = [out, ["FDCBA"[g] for g in grades], xs, heapq.nlargest(2, [5, 1, 9], key=lambda v: -v), list(heapq.merge([1, 4], [2, 3]))]
