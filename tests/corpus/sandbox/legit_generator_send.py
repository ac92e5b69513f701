# technique: BENIGN - generators: send, throw-less close, return value, yield from
# expected: accepted
# expect: [[10.0, 15.0, 30.0], [3], ['closed']]
def avg():
    total, n = 0.0, 0
    value = None
    while True:
        x = yield value
        if x is None:
            return n
        total += x
        n += 1
        value = total / n
def wrapper(out):
    count = yield from avg()
    out.append(count)
out = []
g = wrapper(out)
next(g)
means = [g.send(x) for x in (10, 20, 60)]
try:
    g.send(None)
except StopIteration:
    pass
log = []
def res():
    try:
        yield 1
        yield 2
    finally:
        log.append("closed")
r = res()
next(r)
r.close()
result = [means, out, log]
