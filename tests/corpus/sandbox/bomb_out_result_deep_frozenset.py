# technique: frozensets nested 50,000 deep
# expected: contained: output
t = frozenset()
for _ in range(50000):
    t = frozenset([t])
result = t
