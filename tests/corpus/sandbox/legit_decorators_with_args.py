# technique: BENIGN - decorators with arguments, stacked, on methods, retry
# expected: accepted
# expect: [('ok', 3), '<b>HI</b>', 'flaky', 'gave up after 2']
from functools import wraps
def retry(times, exceptions=(Exception,)):
    def deco(fn):
        @wraps(fn)
        def inner(*a, **k):
            last = None
            for attempt in range(1, times + 1):
                try:
                    return fn(*a, **k), attempt
                except exceptions as e:
                    last = e
            raise RuntimeError(f"gave up after {times}") from last
        return inner
    return deco
def upper(fn):
    return lambda *a: fn(*a).upper()
def wrap(tag):
    return lambda fn: lambda *a: f"<{tag}>{fn(*a)}</{tag}>"
state = {"n": 0}
@retry(3, (ValueError,))
def flaky():
    state["n"] += 1
    if state["n"] < 3:
        raise ValueError("no")
    return "ok"
@retry(times=2)
def broken():
    raise KeyError("k")
class S:
    @wrap("b")
    @upper
    def hi(self):
        return "hi"
out = [flaky(), S().hi(), flaky.__name__]
try:
    broken()
except RuntimeError as e:
    out.append(str(e))
result = out
