# technique: BENIGN - ordinary program: context managers mix
# expected: accepted
# expect: [2, ['<a>', '<b>', '</b:KeyError>', '</a:None>', '<0>', '<1>', 'cb', '</1:None>', '</0:None>', 'closed', '<f>', '</f:None>'], {'x': 2, 'y': 3}, {'x': 1}, 5]
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress, ContextDecorator
log = []
class Tag(ContextDecorator):
    def __init__(self, name): self.name = name
    def __enter__(self):
        log.append(f"<{self.name}>")
        return self
    def __exit__(self, kind, exc, tb):
        log.append(f"</{self.name}:{kind.__name__ if kind else None}>")
        return kind is KeyError
@contextmanager
def temp(d, **new):
    old = {k: d.get(k) for k in new}
    d.update(new)
    try:
        yield d
    finally:
        for k, v in old.items():
            if v is None:
                d.pop(k, None)
            else:
                d[k] = v
@Tag("f")
def f(x): return x + 1
class Res:
    def close(self): log.append("closed")
with Tag("a"), Tag("b") as b:
    raise KeyError("x")
d = {"x": 1}
with temp(d, x=2, y=3) as inner:
    seen = dict(inner)
with ExitStack() as stack:
    tags = [stack.enter_context(Tag(str(i))) for i in range(2)]
    stack.callback(log.append, "cb")
with closing(Res()), suppress(ZeroDivisionError), nullcontext(5) as five:
    1 / 0
result = [f(1), log, seen, d, five]
