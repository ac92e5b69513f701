# technique: a program's own function called open
# expected: harmless
def open(x):
    return "own " + x
result = open("door")
