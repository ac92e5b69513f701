# technique: sum(lists, []) is quadratic
# expected: contained: timeout
result = len(sum(([i] for i in range(10 ** 6)), []))
