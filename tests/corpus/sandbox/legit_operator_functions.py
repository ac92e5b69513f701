# technique: BENIGN - operator functions and itemgetter
# expected: accepted
# expect: [[{'n': 'c', 'v': 1}, {'n': 'a', 'v': 2}, {'n': 'b', 'v': 2}], 3, 'aaa', True, False, 6, 32, False]
from operator import add, itemgetter, mul, not_, truth
import operator
rows = [{"n": "b", "v": 2}, {"n": "a", "v": 2}, {"n": "c", "v": 1}]
result = [sorted(rows, key=itemgetter("v", "n")), add(1, 2), mul("a", 3), operator.contains([1], 1), not_(1), itemgetter(1)([5, 6]), operator.pow(2, 5), truth([])]
