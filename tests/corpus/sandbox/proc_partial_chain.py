# technique: partial of partial, 100,000 deep
# expected: harmless
import functools
f = len
for i in range(100000):
    f = functools.partial(f)
result = f([1, 2])
