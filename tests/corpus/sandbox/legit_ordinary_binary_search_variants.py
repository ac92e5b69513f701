# technique: BENIGN - ordinary program: binary search variants
# expected: accepted
# expect: [1, 5, ['F', 'D', 'C', 'A'], 3, None, [1, 3, 3, 4, 5, 8]]
def lower_bound(xs, target, lo=0, hi=None, *, key=lambda x: x):
    hi = len(xs) if hi is None else hi
    while lo < hi:
        mid = (lo + hi) >> 1
        if key(xs[mid]) < target:
            lo = mid + 1
        else:
            hi = mid
    return lo
import bisect
xs = [1, 3, 3, 5, 8]
grades = lambda s: "FDCBA"[bisect.bisect([60, 70, 80, 90], s)]
result = [lower_bound(xs, 3), lower_bound(xs, 9), [grades(s) for s in (33, 60, 77, 90)], bisect.bisect_left(xs, 5, key=lambda x: x), bisect.insort(xs, 4), xs]
