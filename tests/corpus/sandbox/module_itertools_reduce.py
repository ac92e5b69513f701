# technique: __reduce__ of an itertools object names getattr-like callables
# expected: rejected
import itertools
result = str(itertools.chain([1]).__reduce__())
