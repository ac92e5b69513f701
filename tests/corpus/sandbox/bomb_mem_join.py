# technique: str.join over repeat
# expected: contained: memory
import itertools
result = len("x".join(itertools.repeat("a" * 1000, 10 ** 8)))
