# technique: BENIGN - ordinary program: dedupe minhash
# expected: accepted
# expect: (('a', 'b'), 0.0)
import hashlib
def minhash(words, n=16):
    return tuple(min(int.from_bytes(hashlib.blake2b(f"{i}:{w}".encode(), digest_size=8).digest(), "big") for w in words) for i in range(n))
docs = {"a": "the quick brown fox jumps", "b": "the quick brown fox leaps", "c": "lorem ipsum dolor sit amet"}
sigs = {k: minhash(set(v.split())) for k, v in docs.items()}
def sim(x, y): return sum(p == q for p, q in zip(sigs[x], sigs[y])) / 16
pairs = [(x, y, sim(x, y)) for x in docs for y in docs if x < y]
result = max(pairs, key=lambda t: t[2])[:2], [round(p[2], 3) for p in pairs][-1]
