# technique: list.sort, dict iteration and deque changed while C code walks them
# expected: harmless
import collections
import heapq
out = []
xs = [3, 1, 2]
def key(v):
    xs.clear()
    return v
try:
    xs.sort(key=key)
except ValueError:
    out.append("sort")
d = collections.deque([1, 2, 3])
class Evil:
    def __eq__(self, other):
        d.clear()
        return False
try:
    d.index(Evil())
except (ValueError, IndexError, RuntimeError):
    out.append("deque")
h = [1, 2, 3]
class Lt:
    def __lt__(self, other):
        h.clear()
        return True
try:
    heapq.heappush(h, Lt())
except (IndexError, RuntimeError):
    out.append("heap")
result = out
