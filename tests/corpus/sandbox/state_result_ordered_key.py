# technique: an OrderedDict with a tuple key holding a frozenset
# expected: harmless
from collections import OrderedDict
result = OrderedDict({(1, frozenset([2])): "x"})
