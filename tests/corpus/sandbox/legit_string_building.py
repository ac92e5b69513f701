# technique: BENIGN - join, io and list building of a report
# expected: accepted
# expect: 'item         n     sum\napples       3    3.75\npears       10    5.00\n----------------------\ntotal             8.75'
rows = [("apples", 3, 1.25), ("pears", 10, 0.5)]
lines = ["{:<10}{:>4}{:>8}".format("item", "n", "sum")]
for name, n, price in rows:
    lines.append(f"{name:<10}{n:>4}{n * price:>8.2f}")
lines.append("-" * 22)
lines.append(f"{'total':<14}{sum(n * p for _, n, p in rows):>8.2f}")
result = "\n".join(lines)
