# technique: type.__call__(type, ...)
# expected: rejected
result = str(type.__call__(type, "X", (), {}))
