# technique: a chain of generators delegating to each other
# expected: harmless
def g(inner):
    yield from inner
it = iter([1])
for _ in range(20000):
    it = g(it)
try:
    result = next(it)
except RecursionError:
    result = None
