# technique: BENIGN - ordinary program: table formatter
# expected: accepted
# expect: ['name  |    total | n', '------+----------+---', 'Ann   | 1,234.50 | 3', 'Bobby |     7.00 | 12']
def table(rows, headers=None, align=None):
    headers = headers or list(rows[0])
    cells = [[str(h) for h in headers]] + [[f"{r[h]:,.2f}" if isinstance(r[h], float) else str(r[h]) for h in headers] for r in rows]
    widths = [max(map(len, col)) for col in zip(*cells)]
    align = align or ["<"] * len(headers)
    lines = [" | ".join(f"{c:{a}{w}}" for c, a, w in zip(line, align, widths)).rstrip() for line in cells]
    lines.insert(1, "-+-".join("-" * w for w in widths))
    return "\n".join(lines)
rows = [{"name": "Ann", "total": 1234.5, "n": 3}, {"name": "Bobby", "total": 7.0, "n": 12}]
text = table(rows, align=["<", ">", "^"])
print(text)
result = text.split("\n")
