# technique: "a" * 10**10
# expected: contained: memory
result = len("a" * 10 ** 10)
