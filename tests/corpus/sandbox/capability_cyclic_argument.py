# technique: cyclic and deep arguments
# expected: harmless
a = []
a.append(a)
deep = []
for _ in range(5000):
    deep = [deep]
out = []
for value in (a, deep):
    try:
        note(value)
        out.append("crossed")
    except Exception:
        out.append("refused")
result = out
