# technique: BENIGN - walrus in while, comprehension and condition
# expected: accepted
# expect: [[3, 5, 5], [(1, 1), (3, 9), (5, 25)], 5]
data = iter([3, 5, 0, 7])
seen = []
while (n := next(data)) != 0:
    seen.append(n)
pairs = [(y, y * y) for x in range(5) if (y := x + 1) % 2]
if (m := len(seen)) > 1 and (first := seen[0]) == 3:
    seen.append(m + first)
result = [seen, pairs, y]
