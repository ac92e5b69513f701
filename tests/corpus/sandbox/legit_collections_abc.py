# technique: BENIGN - own Mapping and Sequence from collections.abc
# expected: accepted
# expect: [{'b': 2, 'c': 3}, True, 0, 2, [('c', 3)], True, True, True, False]
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
class Lower(MutableMapping):
    def __init__(self, *a, **k):
        self._d = {}
        self.update(*a, **k)
    def __getitem__(self, k):
        return self._d[k.lower()]
    def __setitem__(self, k, v):
        self._d[k.lower()] = v
    def __delitem__(self, k):
        del self._d[k.lower()]
    def __iter__(self):
        return iter(self._d)
    def __len__(self):
        return len(self._d)
d = Lower({"A": 1}, B=2)
d["C"] = 3
del d["a"]
result = [dict(d), "c" in d, d.get("X", 0), d.pop("B"), list(d.items()), isinstance({}, Mapping), isinstance("s", Sequence), isinstance(iter([]), Iterator), isinstance(5, Iterable)]
