# technique: a dict of lists
# expected: contained: memory
d = {}
i = 0
while True:
    d[i] = [0] * 1000
    i += 1
