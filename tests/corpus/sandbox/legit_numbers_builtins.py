# technique: BENIGN - numeric built-ins
# expected: accepted
# expect: [2, 2.67, 3, 24, 0.30000000000000004, 1.0, True, 255, 1000.0, (-2+1j), 6, 5.0, -2, 10, 6, 1j, 3, False, 3.5, 0.5, 100000000000000000000, True, True, 3, (1, 2), 1, 0]
import cmath
import math
result = [round(2.5), round(2.675, 2), abs(-3), pow(2, 10, 1000), sum([0.1] * 3), math.fsum([0.1] * 10), math.isclose(0.1 + 0.2, 0.3), int("ff", 16), float("1e3"), complex(1, 2) * 1j, math.gcd(12, 18), math.hypot(3, 4), math.floor(-1.5),
          math.comb(5, 2), math.prod([1, 2, 3]), cmath.sqrt(-1), int(3.99), bool([]), 7 / 2, 2 ** -1, 10 ** 20, math.inf > 1, math.isnan(math.nan), 3 .real, (0.5).as_integer_ratio(), min(3, 1, 2), max([], default=0)]
