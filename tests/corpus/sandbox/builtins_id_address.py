# technique: id() and hash() show numbers only
# expected: harmless
result = [type(id(1)).__name__, type(hash("a")).__name__]
