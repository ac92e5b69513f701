# technique: gi_yieldfrom
# expected: rejected
def inner():
    yield 1
def outer():
    yield from inner()
g = outer()
next(g)
result = str(g.gi_yieldfrom)
