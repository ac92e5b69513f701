# technique: BENIGN - ordinary program: validate types decorator
# expected: accepted
# expect: [3.0, 'x must be int, got str']
import functools
def typed(func):
    hints = func.__annotations__
    @functools.wraps(func)
    def wrapper(**kwargs):
        for name, value in kwargs.items():
            if name in hints and not isinstance(value, hints[name]):
                raise TypeError(f"{name} must be {hints[name].__name__}, got {type(value).__name__}")
        return func(**kwargs)
    return wrapper
@typed
def scale(x: int, by: float):
    return x * by
try:
    scale(x="a", by=1.0)
except TypeError as e:
    msg = str(e)
result = [scale(x=2, by=1.5), msg]
