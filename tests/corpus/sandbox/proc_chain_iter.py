# technique: the same with itertools.chain, filter and zip
# expected: contained: crash
import itertools
it = iter([1])
for _ in range(300000):
    it = itertools.chain(it, [])
result = next(it)
