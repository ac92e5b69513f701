# technique: integers that collide modulo 2**61-1
# expected: contained: timeout
m = 2 ** 61 - 1
d = {i * m: i for i in range(1, 10 ** 6)}
result = len(d)
