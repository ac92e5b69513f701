# technique: BENIGN - _protected attributes and helper functions with an underscore
# expected: accepted
# expect: [{'n': 2}, [('s:x', 't')]]
_CACHE = {}
def _key(x, *, _salt="s"):
    return f"{_salt}:{x}"
class Repo:
    _table = "t"
    def __init__(self):
        self._rows = []
    def _insert(self, row):
        self._rows.append(row)
        return self
    def all(self):
        return [(_key(r), self._table) for r in self._rows]
_CACHE["n"] = len(Repo()._insert(1)._insert(2).all())
result = [_CACHE, Repo()._insert("x").all()]
