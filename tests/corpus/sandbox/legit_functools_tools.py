# technique: BENIGN - lru_cache, reduce, partial, wraps, cmp_to_key, cached_property
# expected: accepted
# expect: [12586269025, True, 120, 15, 'area', 'Area of a box.', 1, 84, 1, [3, 2, 1], 5]
from functools import cached_property, cmp_to_key, lru_cache, partial, reduce, wraps
@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)
def logged(fn):
    @wraps(fn)
    def inner(*a, **k):
        inner.calls += 1
        return fn(*a, **k)
    inner.calls = 0
    return inner
@logged
def area(w, h=2):
    "Area of a box."
    return w * h
class C:
    n = 0
    @cached_property
    def value(self):
        C.n += 1
        return 42
c = C()
result = [fib(50), fib.cache_info().hits > 0, reduce(lambda a, b: a * b, range(1, 6)), partial(area, h=5)(3), area.__name__, area.__doc__, area.calls,
          c.value + c.value, C.n, sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)), partial(int, base=2)("101")]
