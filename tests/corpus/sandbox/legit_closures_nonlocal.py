# technique: BENIGN - closures, nonlocal counters, late binding and default capture
# expected: accepted
# expect: [[6, 16, 6], [2, 2, 2], [0, 1, 2]]
def counter(start=0):
    n = start
    def bump(by=1):
        nonlocal n
        n += by
        return n
    def reset():
        nonlocal n
        n = start
    return bump, reset
bump, reset = counter(5)
values = [bump(), bump(10)]
reset()
values.append(bump())
late = [lambda: i for i in range(3)]
early = [lambda i=i: i for i in range(3)]
result = [values, [f() for f in late], [f() for f in early]]
