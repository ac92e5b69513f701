# technique: BENIGN - ordinary program: psi bins
# expected: accepted
# expect: [0.0, 0.328169, True]
import math
def psi(expected, actual, bins=5, eps=1e-4):
    qs = sorted(expected)
    edges = [qs[int(len(qs) * k / bins)] for k in range(1, bins)]
    def hist(xs):
        counts = [0] * bins
        for x in xs:
            counts[sum(x >= e for e in edges)] += 1
        return [max(c / len(xs), eps) for c in counts]
    e, a = hist(expected), hist(actual)
    return sum((ai - ei) * math.log(ai / ei) for ei, ai in zip(e, a, strict=True))
base = [((i * 37) % 101) / 101 for i in range(500)]
shift = [x ** 2 for x in base]
result = [round(psi(base, base), 6), round(psi(base, shift), 6), psi(base, shift) > 0.2]
