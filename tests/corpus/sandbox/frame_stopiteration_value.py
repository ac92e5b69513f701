# technique: StopIteration.value is the returned value
# expected: harmless
def g():
    yield 1
    return 2
it = g()
next(it)
try:
    next(it)
except StopIteration as e:
    result = e.value
