# technique: list(iter(int, 1))
# expected: contained: timeout
n = sum(1 for _ in iter(int, 1))
result = n
