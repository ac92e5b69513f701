# technique: deeply nested tuples and their deallocation
# expected: harmless
t = ()
for _ in range(300000):
    t = (t,)
t = None
result = "ran"
