# technique: BENIGN - statistics functions
# expected: accepted
# expect: [5, 4.5, 4, 2.1381, 4, [4.0, 4.5, 6.5], 1.75, 0.8413, 0.9934, 10.0, 2, [2.0, 0.0], 'StatisticsError']
import statistics as st
x = [2, 4, 4, 4, 5, 5, 7, 9]
result = [st.mean(x), st.median(x), st.mode(x), round(st.stdev(x), 4), st.pvariance(x), st.quantiles(x, n=4), round(st.fmean([1, 2.5]), 3), round(st.NormalDist(0, 1).cdf(1), 4),
          round(st.correlation([1, 2, 3], [2, 4, 7]), 4), round(st.geometric_mean([1, 10, 100]), 6), st.median_low([1, 2, 3, 4]), list(st.linear_regression([1, 2, 3], [2, 4, 6]))]
try:
    st.mean([])
except st.StatisticsError as e:
    result.append(type(e).__name__)
