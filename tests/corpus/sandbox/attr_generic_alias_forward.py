# technique: list[int] forwards attributes to its origin
# expected: rejected
result = str(list[int].mro())
