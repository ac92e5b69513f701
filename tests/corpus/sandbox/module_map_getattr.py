# technique: map(getattr, ...)
# expected: rejected
result = str(list(map(getattr, [1], ["__class__"])))
