# technique: consuming permutations in C
# expected: contained: timeout
import collections
import itertools
collections.deque(itertools.permutations(range(20)), maxlen=0)
result = 1
