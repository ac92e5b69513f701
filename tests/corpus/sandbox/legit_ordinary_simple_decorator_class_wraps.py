# technique: BENIGN - ordinary program: simple decorator class wraps
# expected: accepted
# expect: [2, 'hi', 'doc']
import functools
class CountCalls:
    def __init__(self, func):
        functools.update_wrapper(self, func)
        self.func = func
        self.num = 0
    def __call__(self, *a, **k):
        self.num += 1
        return self.func(*a, **k)
@CountCalls
def hi(): "doc"; return "hi"
hi(); hi()
result = [hi.num, hi.__name__, hi.__doc__]
