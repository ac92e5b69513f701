# technique: math.comb of giant numbers
# expected: contained: timeout
import math
result = math.comb(10 ** 8, 5 * 10 ** 7) % 7
