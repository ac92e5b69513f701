# technique: more calls than the policy allows
# expected: contained: error
n = 0
while True:
    note(n)
    n += 1
