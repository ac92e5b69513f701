# technique: BENIGN - ordinary program: long lines semicolons
# expected: accepted
# expect: [(1, 2, (3, 4), 5, 5, {'g': 6}), 1926, 1, 2, None, 1, 6, 25, [1, 2, 3, 0, 1], {'k': 1, 'l': 2}, [3], [3, 2, 1], [1]]
x = [1,2,3]; y = {k: v for k, v in zip("abcdefghijklmnopqrstuvwxyz", range(26))}; z = (lambda a, b=2, *c, d, e=5, **f: (a, b, c, d, e, f))(1, 2, 3, 4, d=5, g=6); w = sum(i * j for i in range(10) for j in range(10) if i != j if j % 2) + (1 if x else 2) - ~0 + (not x) * 3 + -x[-1] ** 2 // 2 % 5 << 1 | 4 ^ 2 & 7; q = x and y and z or w
if x: a = 1
else: a = 2
while True: break
class A: pass
for i in range(3): pass
else: b = i
try: c = int("z")
except ValueError: c = None
finally: d = 1
result = [z, w, a, b, c, d, len(q), (y["z"]), [*x, *range(2)], {**{"k": 1}, "l": 2}, x[-1:], x[::-1], x[slice(1)]]
