# technique: lru_cache(None) grows while a loop runs
# expected: contained: timeout
import functools
@functools.lru_cache(maxsize=None)
def f(n):
    return n
i = 0
while True:
    i += 1
    f(i % 1000)
