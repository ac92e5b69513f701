# technique: max(itertools.cycle([1]))
# expected: contained: timeout
import itertools
result = max(itertools.cycle([1, 2]))
