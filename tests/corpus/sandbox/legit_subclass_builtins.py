# technique: BENIGN - subclasses of dict, list and str with methods
# expected: accepted
# expect: [{'x': 2}, 'a/b/c', [1, 2], True, 2]
class Bag(dict):
    def add(self, k):
        self[k] = self.get(k, 0) + 1
        return self
class Path2(str):
    def __truediv__(self, o):
        return Path2(self.rstrip("/") + "/" + o)
class Uniq(list):
    def append(self, x):
        if x not in self:
            super().append(x)
b = Bag().add("x").add("x")
u = Uniq([1])
u.append(1)
u.append(2)
result = [dict(b), str(Path2("a/") / "b" / "c"), list(u), isinstance(b, dict), len(u)]
