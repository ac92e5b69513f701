# technique: BENIGN - ordinary program: coroutine pipeline
# expected: accepted
# expect: [[10.0, 15.0, None, 3.0], (1, 3.0), [3, 5]]
def coroutine(fn):
    def start(*a, **k):
        g = fn(*a, **k)
        next(g)
        return g
    return start
@coroutine
def averager():
    total = count = 0
    avg = None
    while True:
        try:
            x = yield avg
        except ValueError:
            total = count = 0
            avg = None
            continue
        if x is None:
            return (count, avg)
        total += x
        count += 1
        avg = total / count
def outer(results):
    while True:
        r = yield from averager_plain()
        results.append(r)
def averager_plain():
    xs = []
    while (x := (yield len(xs))) is not None:
        xs.append(x)
    return sum(xs)
a = averager()
got = [a.send(10), a.send(20), a.throw(ValueError), a.send(3)]
try:
    a.send(None)
except StopIteration as stop:
    final = stop.value
results = []
o = outer(results)
next(o)
for x in (1, 2, None, 5, None):
    o.send(x)
o.close()
result = [got, final, results]
