# technique: __wrapped__ by a name made at run time
# expected: rejected
import functools
import textwrap
u = chr(95) * 2
@functools.wraps(textwrap.dedent)
def f(x):
    return x
result = "LEAK:" + str(getattr(f, u + "wrapped" + u))
