# technique: a dict subclass with lying items, keys, len and iter
# expected: rejected
class D(dict):
    def items(self):
        return [("a", lambda: 0)]
    def __iter__(self):
        return iter(["z"])
    def __len__(self):
        return 0
result = D(a=1)
