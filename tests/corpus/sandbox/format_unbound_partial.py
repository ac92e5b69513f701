# technique: functools.partial(str.format, ...)
# expected: rejected
import functools
result = "ESCAPED " + functools.partial(str.format, "{0.__class__.__mro__}")(1)
