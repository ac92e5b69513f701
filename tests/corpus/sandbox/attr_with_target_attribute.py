# technique: with ... as module.attr
# expected: rejected
import contextlib
import math
with contextlib.nullcontext(3) as math.pi:
    pass
result = "ESCAPED" if math.pi == 3 else "ran"
