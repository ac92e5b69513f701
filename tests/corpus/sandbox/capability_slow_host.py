# technique: a slow capability does not move the deadline
# expected: contained: timeout
for _ in range(100):
    slow("x")
result = 1
