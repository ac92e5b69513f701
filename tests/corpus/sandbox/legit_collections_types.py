# technique: BENIGN - Counter arithmetic, OrderedDict, ChainMap, deque rotation, defaultdict nesting
# expected: accepted
# expect: [{'a': 3, 'c': 1, 'z': 2}, ['b', 'a'], {'a': 1, 'b': 3}, 1, [0, 3, 1], [('a', 3)], 3, ('b', 2)]
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
c = Counter("abca") + Counter(a=1) - Counter(b=5)
od = OrderedDict(a=1, b=2)
od.move_to_end("a")
tree = lambda: defaultdict(tree)
t = tree()
t["x"]["y"]["z"] = 1
q = deque([1, 2, 3], maxlen=3)
q.rotate(1)
q.appendleft(0)
c.update("zz")
result = [dict(c), list(od), dict(ChainMap({"a": 1}, {"a": 2, "b": 3})), t["x"]["y"]["z"], list(q), c.most_common(1), Counter([1, 1, 2]).total(), od.popitem(last=False)]
