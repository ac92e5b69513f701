# technique: a cycle of causes
# expected: contained: error
a, b = ValueError(1), ValueError(2)
try:
    try:
        raise a
    except ValueError:
        raise b from a
except ValueError:
    pass
try:
    raise a from b
except ValueError as e:
    raise e
