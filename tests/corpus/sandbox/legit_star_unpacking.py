# technique: BENIGN - star unpacking in calls, literals and assignment
# expected: accepted
# expect: [0, [1, 2, 3, 4], 5, 2, [3, 4], 5, ((1, 2, 3, 4, 7), [('k', 1), ('x', 3), ('y', 2)]), ['a', 'b', 1], {1}, 1, 2, 1]
a, *b, c = range(6)
(d, (e, *f)), g = (1, (2, 3, 4)), 5
def show(*args, **kw):
    return args, sorted(kw.items())
merged = {**{"x": 1}, "y": 2, **dict(x=3)}
x, y = y0, x0 = 1, 2
result = [a, b, c, e, f, g, show(*b, *[7], **merged, k=1), [*"ab", *{1}], {*[1, 1]}, x, y, y0]
