# technique: a module is not iterable, not callable, has no items
# expected: harmless
import math
out = []
for probe in (lambda: list(math), lambda: math(), lambda: math["pi"], lambda: len(math)):
    try:
        probe()
        out.append("yes")
    except TypeError:
        out.append("no")
result = out
