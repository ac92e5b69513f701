# technique: random.randbytes(10**10)
# expected: contained: memory
import random
result = len(random.randbytes(2 * 10 ** 8))
