# technique: a chain of 1,000,000 map objects overflows the C stack when asked for an item
# expected: contained: crash
it = iter([1])
for _ in range(300000):
    it = map(int, it)
result = next(it)
