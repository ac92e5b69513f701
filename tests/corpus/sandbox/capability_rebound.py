# technique: the program binds the name of a granted function
# expected: harmless
def lookup(key):
    return "mine"
result = lookup("a")
