# technique: BENIGN - ordinary program: ks two sample
# expected: accepted
# expect: [0.24, True, 0.0]
import math, random
def ks_2samp(a, b):
    a, b = sorted(a), sorted(b)
    n, m, i, j, d = len(a), len(b), 0, 0, 0.0
    while i < n and j < m:
        x = min(a[i], b[j])
        while i < n and a[i] <= x: i += 1
        while j < m and b[j] <= x: j += 1
        d = max(d, abs(i / n - j / m))
    en = math.sqrt(n * m / (n + m))
    lam = (en + 0.12 + 0.11 / en) * d
    p = 2 * sum((-1) ** (k - 1) * math.exp(-2 * lam * lam * k * k) for k in range(1, 101))
    return d, max(0.0, min(1.0, p))
rng = random.Random(7)
a = [rng.gauss(0, 1) for _ in range(200)]
b = [rng.gauss(0.5, 1) for _ in range(200)]
d, p = ks_2samp(a, b)
result = [round(d, 6), p < 0.01, ks_2samp(a, a)[0]]
