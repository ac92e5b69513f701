# technique: BENIGN - matrix transpose, product, determinant, rotation
# expected: accepted
# expect: [[[7, 10], [15, 22]], 0, [[1, 3], [2, 4]], [[3, 1], [4, 2]], [[0, 0, 0], [0, 1, 2], [0, 2, 4]]]
def mul(a, b):
    return [[sum(x * y for x, y in zip(r, c)) for c in zip(*b)] for r in a]
def det(m):
    if len(m) == 1:
        return m[0][0]
    return sum((-1) ** j * m[0][j] * det([r[:j] + r[j + 1:] for r in m[1:]]) for j in range(len(m)))
a = [[1, 2], [3, 4]]
result = [mul(a, a), det([[2, 0, 1], [1, 3, 2], [1, 1, 1]]), list(map(list, zip(*a))), [list(r) for r in zip(*a[::-1])], [[i * j for j in range(3)] for i in range(3)]]
