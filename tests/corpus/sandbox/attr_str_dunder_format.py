# technique: str.__format__ with a hostile spec is no str.format
# expected: harmless
out = []
for spec in ("{0.__class__}", "s{}", ">{w}"):
    try:
        out.append("x".__format__(spec))
    except ValueError:
        out.append("ValueError")
result = out
