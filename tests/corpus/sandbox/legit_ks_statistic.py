# technique: BENIGN - two-sample Kolmogorov-Smirnov distance by bisect
# expected: accepted
# expect: [0.0, 1.0, 0.5]
from bisect import bisect_right
def ks(a, b):
    a, b = sorted(a), sorted(b)
    return max(abs(bisect_right(a, x) / len(a) - bisect_right(b, x) / len(b)) for x in a + b)
result = [ks([1, 2, 3, 4], [1, 2, 3, 4]), ks([1, 2, 3], [7, 8, 9]), round(ks(range(10), range(5, 15)), 3)]
