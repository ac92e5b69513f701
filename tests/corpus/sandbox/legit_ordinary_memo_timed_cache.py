# technique: BENIGN - ordinary program: memo timed cache
# expected: accepted
# expect: [102334155, 41, 'fib', 'Fibonacci.', 15, 15, 1]
import functools
class Memo:
    def __init__(self, fn):
        functools.update_wrapper(self, fn)
        self.fn, self.cache = fn, {}
    def __call__(self, *args, **kw):
        key = (args, tuple(sorted(kw.items())))
        if key not in self.cache:
            self.cache[key] = self.fn(*args, **kw)
        return self.cache[key]
    def __get__(self, obj, owner=None):
        return self if obj is None else functools.partial(self, obj)
@Memo
def fib(n):
    """Fibonacci."""
    return n if n < 2 else fib(n - 1) + fib(n - 2)
class Calc:
    base = 10
    @Memo
    def add(self, x):
        return self.base + x
c = Calc()
result = [fib(40), len(fib.cache), fib.__name__, fib.__doc__, c.add(5), c.add(5), len(Calc.add.cache)]
