# technique: BENIGN - __missing__, __getattr__, __setattr__, __delattr__
# expected: accepted
# expect: [8, 'aa', {4: 8, 'a': 'aa'}, 5, False, 'none', None]
class Memo(dict):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn
    def __missing__(self, k):
        self[k] = v = self.fn(k)
        return v
class Attr:
    def __init__(self):
        super().__setattr__("_data", {})
    def __getattr__(self, name):
        try:
            return self._data[name]
        except KeyError:
            raise AttributeError(name) from None
    def __setattr__(self, name, value):
        self._data[name] = value
    def __delattr__(self, name):
        del self._data[name]
m = Memo(lambda k: k * 2)
a = Attr()
a.x = 5
a.y = 6
del a.y
result = [m[4], m["a"], dict(m), a.x, hasattr(a, "y"), getattr(a, "z", "none"), m.get(9)]
