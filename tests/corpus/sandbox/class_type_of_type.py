# technique: type(type) and type(type(1)) must not be the metaclass
# expected: rejected
T = type(type(1))
result = "ESCAPED " + str(T("X", (), {}))
