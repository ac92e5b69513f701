# technique: list(Counter(a=10**10).elements())
# expected: contained: memory
from collections import Counter
result = len(list(Counter(a=10 ** 10).elements()))
