# technique: BENIGN - an LRU cache on OrderedDict
# expected: accepted
# expect: [[('a', 'A'), ('b', 'B')], 5]
from collections import OrderedDict
class LRU:
    def __init__(self, size):
        self.size, self.d, self.misses = size, OrderedDict(), 0
    def get(self, k, load):
        if k in self.d:
            self.d.move_to_end(k)
            return self.d[k]
        self.misses += 1
        self.d[k] = v = load(k)
        if len(self.d) > self.size:
            self.d.popitem(last=False)
        return v
c = LRU(2)
for k in "abcab":
    c.get(k, str.upper)
result = [list(c.d.items()), c.misses]
