# technique: a chain of filters is only freed
# expected: contained: crash
it = iter([1])
for _ in range(500000):
    it = filter(None, it)
it = None
result = 1
