# technique: BENIGN - ordinary program: knapsack lcs
# expected: accepted
# expect: [9, 'GTAB', 3, True]
from functools import lru_cache
import sys
def knapsack(items, cap):
    dp = [0] * (cap + 1)
    for w, v in items:
        for c in range(cap, w - 1, -1):
            dp[c] = max(dp[c], dp[c - w] + v)
    return dp[cap]
@lru_cache(maxsize=None)
def lcs(a, b):
    if not a or not b:
        return ""
    if a[0] == b[0]:
        return a[0] + lcs(a[1:], b[1:])
    return max(lcs(a[1:], b), lcs(a, b[1:]), key=len)
def coins(total, kinds):
    best = [0] + [sys.maxsize] * total
    for n in range(1, total + 1):
        best[n] = min((best[n - k] + 1 for k in kinds if k <= n), default=sys.maxsize)
    return best[total]
result = [knapsack([(1, 1), (3, 4), (4, 5), (5, 7)], 7), lcs("AGGTAB", "GXTXAYB"), coins(63, (1, 5, 10, 21, 25)), lcs.cache_info().hits > 0]
