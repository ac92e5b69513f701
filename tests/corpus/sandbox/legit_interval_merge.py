# technique: BENIGN - merging intervals and binary search
# expected: accepted
# expect: [[[1, 4], [5, 8]], 2, -1]
def merge(iv):
    out = []
    for lo, hi in sorted(iv):
        if out and lo <= out[-1][1]:
            out[-1][1] = max(out[-1][1], hi)
        else:
            out.append([lo, hi])
    return out
def search(xs, t):
    lo, hi = 0, len(xs)
    while lo < hi:
        mid = (lo + hi) // 2
        if xs[mid] < t:
            lo = mid + 1
        else:
            hi = mid
    return lo if lo < len(xs) and xs[lo] == t else -1
result = [merge([[5, 8], [1, 3], [2, 4]]), search([1, 3, 5, 7], 5), search([1, 3], 2)]
