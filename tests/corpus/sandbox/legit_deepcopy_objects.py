# technique: BENIGN - copy.copy and deepcopy on own objects with __deepcopy__ and cycles
# expected: accepted
# expect: [True, True, {'a': [1, 2]}, {'a': [1]}, [1, [2]]]
import copy
class Node:
    def __init__(self, v):
        self.v, self.links = v, []
    def __deepcopy__(self, memo):
        n = Node(copy.deepcopy(self.v, memo))
        memo[id(self)] = n
        n.links = copy.deepcopy(self.links, memo)
        return n
class Plain:
    def __init__(self):
        self.data = {"a": [1]}
a = Node([1])
a.links.append(a)
b = copy.deepcopy(a)
p = Plain()
q, r = copy.copy(p), copy.deepcopy(p)
p.data["a"].append(2)
result = [b.links[0] is b, b.v is not a.v, q.data, r.data, copy.copy([1, [2]])]
