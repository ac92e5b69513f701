# technique: int | (nested unions) and generic aliases nested deep
# expected: harmless
t = int
for _ in range(5000):
    t = list[t]
try:
    result = len(repr(t)) > 0
except RecursionError:
    result = None
