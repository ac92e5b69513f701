# technique: comparison of two lists nested 100,000 deep
# expected: contained: recursion
a, b = [], []
for _ in range(100000):
    a, b = [a], [b]
result = a == b
