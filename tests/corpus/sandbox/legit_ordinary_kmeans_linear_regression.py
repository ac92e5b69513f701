# technique: BENIGN - ordinary program: kmeans linear regression
# expected: accepted
# expect: [[(1.033, 0.967), (8.0, 8.0)], 1.94, 0.15, 0.9772, 129.399, [2.75, 5.5, 8.25], 0.982, ['a', 'b'], 2.0, 1.527525]
import random, statistics as st
def kmeans(points, k, seed=0, rounds=20):
    rng = random.Random(seed)
    centres = rng.sample(points, k)
    for _ in range(rounds):
        groups = [[] for _ in range(k)]
        for p in points:
            groups[min(range(k), key=lambda i: sum((a - b) ** 2 for a, b in zip(p, centres[i])))].append(p)
        new = [tuple(map(st.fmean, zip(*g))) if g else c for g, c in zip(groups, centres)]
        if new == centres:
            break
        centres = new
    return sorted(tuple(round(x, 3) for x in c) for c in centres)
pts = [(1.0, 1.0), (1.2, 0.8), (0.9, 1.1), (8.0, 8.0), (8.2, 7.9), (7.8, 8.1)]
slope, intercept = st.linear_regression([1, 2, 3, 4], [2.1, 3.9, 6.2, 7.8])
z = st.NormalDist(100, 15)
result = [kmeans(pts, 2), round(slope, 4), round(intercept, 4), round(z.cdf(130), 4), round(z.inv_cdf(0.975), 3), st.quantiles(range(1, 11), n=4), round(st.correlation([1, 2, 3], [1, 2, 4]), 4), st.multimode("aabbc"), st.median_grouped([1, 2, 2, 3]), round(st.stdev([1, 2, 4]), 6)]
