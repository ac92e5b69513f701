# technique: the same, many times, refusals swallowed
# expected: harmless
out = 0
for _ in range(5):
    try:
        note("x" * 30_000_000)
    except BaseException:
        out += 1
result = out
