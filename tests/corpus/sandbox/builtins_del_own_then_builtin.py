# technique: after del of its own name the built-in must not appear
# expected: rejected
open = 1
del open
result = open(CANARY).read()
