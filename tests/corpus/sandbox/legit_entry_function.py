# technique: BENIGN - an entry function with inputs
# expected: accepted
# expect: {'mean': 3.0, 'high': [6.0], 'name': True}
# entry: score
# inputs: {"rows": [1.0, 2.0, 6.0], "limit": 2}
import statistics
def score(rows, limit):
    mean = statistics.fmean(rows)
    return {"mean": mean, "high": [r for r in rows if r > mean][:limit], "name": __name__ != ""}
