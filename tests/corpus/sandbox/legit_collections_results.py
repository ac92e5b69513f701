# technique: BENIGN - Counter, defaultdict, OrderedDict and namedtuple cross as plain data
# expected: accepted
# expect: [{'a': 2, 'b': 1}, {'a': 2}, {'z': 1}, (1, 2)]
from collections import Counter, OrderedDict, defaultdict, namedtuple
d = defaultdict(int)
d["a"] += 2
result = [Counter("aab"), d, OrderedDict(z=1), namedtuple("P", "x y")(1, 2)]
