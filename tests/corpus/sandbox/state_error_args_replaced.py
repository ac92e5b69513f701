# technique: e.args replaced by an endless iterable
# expected: contained: error
import itertools
e = ValueError(1)
try:
    e.args = itertools.repeat("x", 10 ** 9)
except BaseException:
    pass
raise e
