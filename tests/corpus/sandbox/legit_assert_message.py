# technique: BENIGN - assert with message, AssertionError caught, __debug__ on
# expected: accepted
# expect: [3, "not an int: 'x'", '']
def check(n):
    assert isinstance(n, int), f"not an int: {n!r}"
    assert n > 0
    return n
out = []
for v in (3, "x", -1):
    try:
        out.append(check(v))
    except AssertionError as e:
        out.append(str(e))
result = out
