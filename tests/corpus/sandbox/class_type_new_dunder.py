# technique: type.__new__(type, ...): __new__ is readable on classes
# expected: rejected
X = type.__new__(type, "X", (), {"__slots__": ()})
result = "ESCAPED " + str(X)
