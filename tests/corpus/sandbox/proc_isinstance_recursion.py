# technique: isinstance with tuples nested deep
# expected: contained: recursion
t = int
for _ in range(100000):
    t = (t,)
result = isinstance("", t)
