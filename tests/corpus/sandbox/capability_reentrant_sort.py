# technique: calls from a sort key, a hash, an iterator and __del__
# expected: harmless
class K:
    def __hash__(self):
        return len(lookup("a"))
    def __del__(self):
        note("deleted")
k = K()
out = sorted(["b", "a"], key=lookup)
d = {k: 1}
del d, k
result = out
