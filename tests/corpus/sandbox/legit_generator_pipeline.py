# technique: BENIGN - generator pipeline, lazy evaluation, any/all short circuit
# expected: accepted
# expect: [(0, 2), [0, 1, 2, 0, 1, 2, 3], True, 7]
log = []
def source(n):
    for i in range(n):
        log.append(i)
        yield i
def even(xs):
    return (x for x in xs if x % 2 == 0)
def window(xs, size):
    buf = []
    for x in xs:
        buf.append(x)
        if len(buf) == size:
            yield tuple(buf)
            buf = buf[1:]
first = next(window(even(source(100)), 2))
result = [first, log, any(x > 2 for x in source(10)), len(log)]
