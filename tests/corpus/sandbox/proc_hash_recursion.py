# technique: hash of a tuple nested deep
# expected: contained: crash
t = ()
for _ in range(200000):
    t = (t,)
result = hash(t)
