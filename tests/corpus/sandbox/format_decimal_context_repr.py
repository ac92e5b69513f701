# technique: number formats with hostile specs raise ValueError
# expected: harmless
out = []
for spec in ("{0.__class__}", "\x00", "9" * 30, "n" * 5, "\u0665d"):
    try:
        out.append(len(format(5, spec)) < 100)
    except ValueError:
        out.append("ValueError")
result = len(out)
