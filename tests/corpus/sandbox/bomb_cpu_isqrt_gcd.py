# technique: math.lcm/gcd/isqrt on giant integers
# expected: contained: timeout
import math
a = 3 ** 900000
b = 5 ** 900000
for i in range(10 ** 6):
    a = math.lcm(a, b + i)
result = a % 7
