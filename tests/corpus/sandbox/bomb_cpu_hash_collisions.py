# technique: 10**5 keys with one hash value: quadratic dict
# expected: contained: timeout
class K:
    def __hash__(self):
        return 1
d = {}
for i in range(10 ** 6):
    d[K()] = i
result = len(d)
