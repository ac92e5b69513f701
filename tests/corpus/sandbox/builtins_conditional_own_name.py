# technique: bound in one branch only: the other reads the real one
# expected: rejected
if False:
    open = None
result = open(CANARY).read()
