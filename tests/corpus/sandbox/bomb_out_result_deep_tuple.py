# technique: tuples nested 200 deep
# expected: contained: output
t = ()
for _ in range(200):
    t = (t,)
result = t
