# technique: a list that the host keeps is not changed by the program
# expected: harmless
xs = shared("x")
xs.append("evil")
result = len(shared("x"))
