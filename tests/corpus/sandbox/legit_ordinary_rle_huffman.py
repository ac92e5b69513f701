# technique: BENIGN - ordinary program: rle huffman
# expected: accepted
# expect: ['3a1b2c1d', 23, 'abracadabra']
import heapq
from collections import Counter
from itertools import groupby
def rle(s): return "".join(f"{len(list(g))}{k}" for k, g in groupby(s))
def huffman(text):
    heap = [[n, [c, ""]] for c, n in sorted(Counter(text).items())]
    heapq.heapify(heap)
    while len(heap) > 1:
        lo, hi = heapq.heappop(heap), heapq.heappop(heap)
        for pair in lo[1:]: pair[1] = "0" + pair[1]
        for pair in hi[1:]: pair[1] = "1" + pair[1]
        heapq.heappush(heap, [lo[0] + hi[0], *lo[1:], *hi[1:]])
    return dict(sorted(heap[0][1:], key=lambda p: (len(p[1]), p)))
codes = huffman("abracadabra")
bits = "".join(codes[c] for c in "abracadabra")
rev = {v: k for k, v in codes.items()}
out, cur = [], ""
for b in bits:
    cur += b
    if cur in rev:
        out.append(rev[cur]); cur = ""
result = [rle("aaabccd"), len(bits), "".join(out)]
