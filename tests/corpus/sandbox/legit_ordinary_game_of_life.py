# technique: BENIGN - ordinary program: game of life
# expected: accepted
# expect: [True, ['.#...', '..#..', '###..', '.....', '.....']]
def step(cells):
    from collections import Counter
    near = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {c for c, n in near.items() if n == 3 or (n == 2 and c in cells)}
def show(cells, w=5, h=5):
    return "\n".join("".join("#" if (x, y) in cells else "." for x in range(w)) for y in range(h))
glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
g = glider
for _ in range(4):
    g = step(g)
print(show(g))
result = [g == {(x + 1, y + 1) for x, y in glider}, show(glider).splitlines()]
