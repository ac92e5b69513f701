# technique: BENIGN - slice assignment, del of items, slices and names
# expected: accepted
# expect: [[0, 'a', 'b', 0, 4, 5, 0, 7, 8], {'a': 1, 'b': {}}, ['a', 0], [[0, 0, 0], [0, 0, 5]], 'def', (3, 2, 1)]
xs = list(range(10))
xs[2:4] = ["a", "b", "c"]
del xs[0], xs[-1]
xs[::3] = [0] * len(xs[::3])
d = {"a": 1, "b": {"c": 2}}
del d["b"]["c"]
tmp = 1
del tmp
s = slice(1, 5, 2)
m = [[0] * 3 for _ in range(2)]
m[1][2] += 5
result = [xs, d, xs[s], m, "abcdef"[-3:], (1, 2, 3)[::-1]]
