# technique: BENIGN - nested comprehensions, conditions, scope of the loop variable
# expected: accepted
# expect: ['outer', {1: [0], 2: [0, 2], 3: [0, 3, 6]}, [1, 3], [('a', 0), ('a', 1), ('b', 0), ('b', 1)], 6, [[0, 0], [0, 1], [1, 1]], {'a': 0, 'b': 1}, [0, 1], 'outer']
x = "outer"
squares = {n: [m * n for m in range(n)] for n in range(4) if n}
flat = [y for row in [[1, 2], [3]] for y in row if y != 2]
pairs = {(a, b) for a in "ab" for b in range(2)}
class K:
    items = [1, 2, 3]
    total = sum(i for i in items)
result = [x, squares, flat, sorted(pairs), K.total, [[i, j] for i in range(2) for j in range(i, 2)], {k: v for k, v in zip("ab", range(2))}, list(x for x in range(2)), x]
