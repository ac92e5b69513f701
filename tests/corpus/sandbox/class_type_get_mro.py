# technique: type.mro(int)
# expected: rejected
result = str(type.mro(int))
