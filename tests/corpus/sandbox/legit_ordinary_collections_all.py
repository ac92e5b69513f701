# technique: BENIGN - ordinary program: collections all
# expected: accepted
# expect: [{'x': 1, 'y': 0}, (1, 5), ('x', 'y'), 1, {'a': 1, 'b': 3}, ['a', 'b', 'c'], [4, 2, 3], [('i', 3), ('s', 2)], True, ['b', 'c', 'a'], {'A': 1, 'B': 2}, [1, 2, 3], {'c': 1}, ['a', 'a', 'b'], {'b': 1}, 7]
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque, namedtuple
P = namedtuple("P", "x y", defaults=[0])
class Upper(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k.upper(), v)
class Stack(UserList):
    def push(self, x): self.append(x)
tree = lambda: defaultdict(tree)
t = tree()
t["a"]["b"]["c"] = 1
cm = ChainMap({"a": 1}, {"a": 2, "b": 3}).new_child({"c": 9})
d = deque([1, 2, 3], maxlen=3)
d.append(4)
d.rotate(1)
c = Counter("mississippi")
c.subtract("miss")
od = OrderedDict.fromkeys("abc")
od.move_to_end("a")
u = Upper(a=1)
u.update(b=2)
s = Stack([1])
s.push(2)
result = [P(1)._asdict(), P(1)._replace(y=5), P._fields, cm["a"], dict(cm.parents), sorted(cm), list(d), c.most_common(2), +c == c, list(od), dict(u), list(s + [3]), t["a"]["b"], list(Counter(a=2, b=1).elements()), Counter("ab") & Counter("b"), c.total()]
