# technique: a hashable own subclass of dict, list or Counter inside a set or as key
# expected: rejected
from collections import Counter
class C(Counter):
    def __hash__(self):
        return 1
result = {C("a"): 1}
