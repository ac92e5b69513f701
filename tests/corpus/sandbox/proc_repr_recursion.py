# technique: repr of a list nested 100,000 deep
# expected: contained: recursion
x = []
for _ in range(100000):
    x = [x]
result = repr(x)
