# technique: list(range(10**9))
# expected: contained: memory
result = len(list(range(10 ** 9)))
