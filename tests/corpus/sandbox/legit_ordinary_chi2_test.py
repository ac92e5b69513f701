# technique: BENIGN - ordinary program: chi2 test
# expected: accepted
# expect: [(6.666667, 1, 0.00982327), (0.058712, 2, 0.97107064)]
import math
def gammainc_upper(a, x):
    if x < a + 1:
        term = total = 1.0 / a
        n = a
        for _ in range(1000):
            n += 1
            term *= x / n
            total += term
            if abs(term) < abs(total) * 1e-15:
                break
        return 1.0 - total * math.exp(-x + a * math.log(x) - math.lgamma(a))
    b, c = x + 1.0 - a, 1e300
    d = h = 1.0 / b
    for i in range(1, 1000):
        an = -i * (i - a)
        b += 2.0
        d = 1.0 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1.0) < 1e-15:
            break
    return math.exp(-x + a * math.log(x) - math.lgamma(a)) * h
def chi2(table):
    rows = [sum(r) for r in table]
    cols = [sum(c) for c in zip(*table)]
    n = sum(rows)
    stat = sum((o - rows[i] * cols[j] / n) ** 2 / (rows[i] * cols[j] / n) for i, r in enumerate(table) for j, o in enumerate(r))
    dof = (len(rows) - 1) * (len(cols) - 1)
    return round(stat, 6), dof, round(gammainc_upper(dof / 2, stat / 2), 8)
result = [chi2([[10, 20], [20, 10]]), chi2([[5, 5, 5], [5, 5, 6]])]
