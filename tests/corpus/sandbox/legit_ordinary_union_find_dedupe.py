# technique: BENIGN - ordinary program: union find dedupe
# expected: accepted
# expect: [['r1', 'r2', 'r4'], ['r3']]
class DSU:
    def __init__(self):
        self._parent, self._size = {}, {}
    def find(self, x):
        self._parent.setdefault(x, x)
        self._size.setdefault(x, 1)
        while self._parent[x] != x:
            self._parent[x] = self._parent[self._parent[x]]
            x = self._parent[x]
        return x
    def union(self, a, b):
        a, b = self.find(a), self.find(b)
        if a != b:
            if self._size[a] < self._size[b]:
                a, b = b, a
            self._parent[b] = a
            self._size[a] += self._size.pop(b)
    def groups(self):
        out = {}
        for x in self._parent:
            out.setdefault(self.find(x), []).append(x)
        return sorted(sorted(g) for g in out.values())
records = [("r1", "a@x.com", "111"), ("r2", "b@x.com", "111"), ("r3", "c@x.com", "333"), ("r4", "b@x.com", "444")]
d = DSU()
for rid, *keys in records:
    for key in keys:
        d.union(rid, ("k", key)[1])
result = [[m for m in g if m.startswith("r")] for g in d.groups()]
