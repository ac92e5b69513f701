# technique: UserDict, ChainMap, deque, array and memoryview
# expected: rejected
from collections import ChainMap
result = ChainMap({"a": 1})
