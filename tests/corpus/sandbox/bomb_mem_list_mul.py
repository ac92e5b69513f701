# technique: [0] * 10**10
# expected: contained: memory
result = len([0] * 10 ** 10)
