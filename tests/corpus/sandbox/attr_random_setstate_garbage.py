# technique: setstate and seed with garbage
# expected: harmless
import random
out = []
for value in ((3, (1,) * 625, None), (3, (2 ** 40,) * 625, None), "x", (2, (), 1)):
    try:
        random.setstate(value)
        out.append("set")
    except (TypeError, ValueError, OverflowError, IndexError):
        out.append("error")
result = len(out)
