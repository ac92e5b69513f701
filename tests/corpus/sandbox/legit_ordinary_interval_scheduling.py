# technique: BENIGN - ordinary program: interval scheduling
# expected: accepted
# expect: (17, ('b', 'e'))
from bisect import bisect_right
from typing import NamedTuple
class Job(NamedTuple):
    start: int
    end: int
    value: int
    name: str = ""
def best(jobs):
    jobs = sorted(jobs, key=lambda j: j.end)
    ends = [j.end for j in jobs]
    dp = [(0, ())]
    for i, j in enumerate(jobs):
        k = bisect_right(ends, j.start, hi=i)
        take = (dp[k][0] + j.value, dp[k][1] + (j.name,))
        dp.append(max(dp[-1], take, key=lambda t: t[0]))
    return dp[-1]
result = best([Job(1, 3, 5, "a"), Job(2, 5, 6, "b"), Job(4, 6, 5, "c"), Job(6, 7, 4, "d"), Job(5, 8, 11, "e"), Job(7, 9, 2, "f")])
