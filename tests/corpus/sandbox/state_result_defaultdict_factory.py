# technique: a defaultdict crosses without its factory
# expected: harmless
from collections import defaultdict
d = defaultdict(lambda: len)
d["a"] = 1
result = d
