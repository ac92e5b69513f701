# technique: lru_cache keeps the function under __wrapped__
# expected: rejected
import functools
@functools.lru_cache
def f(x):
    return x
result = f.__wrapped__(1)
