# technique: BENIGN - ordinary program: lru ordered
# expected: accepted
# expect: ["LRU({'a': 1, 'c': 3})", None, True, 2, 1, 3, {'a': 1}, 9, True]
from collections import OrderedDict
from collections.abc import MutableMapping
class LRU(MutableMapping):
    def __init__(self, size):
        self.size, self._data, self.hits, self.misses = size, OrderedDict(), 0, 0
    def __getitem__(self, k):
        try:
            self._data.move_to_end(k)
        except KeyError:
            self.misses += 1
            raise
        self.hits += 1
        return self._data[k]
    def __setitem__(self, k, v):
        self._data[k] = v
        self._data.move_to_end(k)
        if len(self._data) > self.size:
            self._data.popitem(last=False)
    def __delitem__(self, k): del self._data[k]
    def __iter__(self): return iter(self._data)
    def __len__(self): return len(self._data)
    def __repr__(self): return f"{type(self).__name__}({dict(self._data)})"
c = LRU(2)
c["a"] = 1
c.update(b=2)
c["a"]
c["c"] = 3
result = [repr(c), c.get("b"), "a" in c, c.hits, c.misses, c.pop("c"), dict(c), c.setdefault("z", 9), isinstance(c, MutableMapping)]
