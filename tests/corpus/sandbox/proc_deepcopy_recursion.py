# technique: copy.deepcopy nested deep
# expected: contained: recursion
import copy
x = []
for _ in range(50000):
    x = [x]
result = copy.deepcopy(x) is None
