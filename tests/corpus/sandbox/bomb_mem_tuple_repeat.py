# technique: tuple(itertools.repeat(0))
# expected: contained: memory
import itertools
result = len(tuple(itertools.repeat(0)))
