# technique: BENIGN - ordinary program: text similarity
# expected: accepted
# expect: [0.5, 0.730297, 3, ['ana', 'ban', 'nan']]
import re, math
from collections import Counter
def tokens(s): return re.findall(r"[a-z0-9]+", s.lower())
def jaccard(a, b):
    x, y = set(tokens(a)), set(tokens(b))
    return len(x & y) / len(x | y) if x | y else 1.0
def cosine(a, b):
    x, y = Counter(tokens(a)), Counter(tokens(b))
    dot = sum(x[t] * y[t] for t in x.keys() & y.keys())
    return dot / math.sqrt(sum(v * v for v in x.values()) * sum(v * v for v in y.values()))
def levenshtein(a, b):
    prev = list(range(len(b) + 1))
    for i, ca in enumerate(a, 1):
        cur = [i]
        for j, cb in enumerate(b, 1):
            cur.append(min(prev[j] + 1, cur[-1] + 1, prev[j - 1] + (ca != cb)))
        prev = cur
    return prev[-1]
def shingles(s, k=3): return {s[i:i + k] for i in range(len(s) - k + 1)}
result = [jaccard("the cat sat", "the cat ran"), round(cosine("a b b c", "b c c"), 6), levenshtein("kitten", "sitting"), sorted(shingles("banana"))]
