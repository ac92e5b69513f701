# technique: keys that are equal in Python stay one key
# expected: harmless
result = {1: "a", True: "b", 1.0: "c"}
