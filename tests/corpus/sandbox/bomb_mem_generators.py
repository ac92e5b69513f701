# technique: live generators that hold big frames
# expected: contained: memory
def g():
    x = [0] * 10000
    yield x
kept = []
while True:
    it = g()
    next(it)
    kept.append(it)
