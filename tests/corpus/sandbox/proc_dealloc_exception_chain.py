# technique: a chain of 100,000 exceptions is freed
# expected: harmless
e = None
for i in range(100000):
    n = ValueError(i)
    try:
        raise n from e
    except ValueError as x:
        e = x
result = "ran"
