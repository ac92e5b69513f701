# technique: BENIGN - recursion with memo dict, permutations, flatten, hanoi
# expected: accepted
# expect: [184756, [1, 2, 3, 4], 31, [('A', 'B'), ('A', 'C'), ('B', 'C')]]
def paths(r, c, memo={}):
    if r == 0 or c == 0:
        return 1
    if (r, c) not in memo:
        memo[r, c] = paths(r - 1, c) + paths(r, c - 1)
    return memo[r, c]
def flatten(x):
    return [z for y in x for z in (flatten(y) if isinstance(y, (list, tuple)) else [y])]
def hanoi(n, a="A", b="B", c="C"):
    return [] if n == 0 else hanoi(n - 1, a, c, b) + [(a, c)] + hanoi(n - 1, b, a, c)
result = [paths(10, 10), flatten([1, [2, (3, [4])], []]), len(hanoi(5)), hanoi(2)]
