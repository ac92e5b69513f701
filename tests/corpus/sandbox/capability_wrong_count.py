# technique: too many, too few, unknown keyword arguments
# expected: harmless
out = []
for args, kw in (((), {}), (("a", "b"), {}), (("a",), {"x": 1}), ((), {"key": "a"})):
    try:
        lookup(*args, **kw)
        out.append("ok")
    except TypeError:
        out.append("TypeError")
result = out
