# technique: __setattr__ with keywords, too few and too many arguments
# expected: harmless
class A:
    pass
out = []
for args, kw in ((("x",), {}), (("x", 1, 2, 3), {}), (("x",), {"value": 1})):
    try:
        object.__setattr__(A(), *args, **kw)
        out.append("set")
    except TypeError:
        out.append("TypeError")
result = out
