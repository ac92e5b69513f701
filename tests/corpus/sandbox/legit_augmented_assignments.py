# technique: BENIGN - augmented assignment on names, items, attributes, slices
# expected: accepted
# expect: [9, {'n': 9, 'l': [8, 2], 's': {1, 3}}, 0.5, [1, 2, 3, 9], (1, 2)]
class Acc:
    total = 1
    def __iadd__(self, other):
        self.total += other
        return self
a = Acc()
a += 5
a.total *= 3
a.total //= 2
d = {"n": 1, "l": [1], "s": {1}}
d["n"] -= 4
d["n"] **= 2
d["l"] += [2]
d["s"] |= {3}
d["l"][0] <<= 3
x = 7
x %= 4
x ^= 1
x /= 4
xs = [1, 2, 3]
xs[1:] += [9]
t = (1,)
t += (2,)
result = [a.total, d, x, xs, t]
