# technique: BENIGN - callbacks stored in dicts of lists, bound methods, weak removal by identity
# expected: accepted
# expect: [[5, 10], [2], 5, []]
class Emitter:
    def __init__(self):
        self._handlers = {}
    def on(self, event, fn=None):
        if fn is None:
            return lambda f: self.on(event, f)
        self._handlers.setdefault(event, []).append(fn)
        return fn
    def off(self, event, fn):
        self._handlers[event].remove(fn)
    def emit(self, event, *args):
        return [fn(*args) for fn in list(self._handlers.get(event, ()))]
class Counter:
    def __init__(self):
        self.n = 0
    def bump(self, by):
        self.n += by
        return self.n
e, c = Emitter(), Counter()
e.on("x", c.bump)
@e.on("x")
def double(v):
    return v * 2
first = e.emit("x", 5)
e.off("x", c.bump)
result = [first, e.emit("x", 1), c.n, e.emit("none")]
