# technique: BENIGN - word counts, n-grams, edit distance
# expected: accepted
# expect: [[('the', 2), ('cat', 2)], [(('the', 'cat'), 2)], 3, 0.6666666666666666]
import re
from collections import Counter
def distance(a, b):
    prev = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        cur = [i]
        for j, y in enumerate(b, 1):
            cur.append(min(prev[j] + 1, cur[-1] + 1, prev[j - 1] + (x != y)))
        prev = cur
    return prev[-1]
text = "The cat sat. The cat ran!"
words = re.findall(r"[a-z']+", text.lower())
result = [Counter(words).most_common(2), Counter(zip(words, words[1:])).most_common(1), distance("kitten", "sitting"), len(set(words)) / len(words)]
