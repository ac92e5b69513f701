# technique: starred unpacking
# expected: rejected
a, *_getiter_ = [1, 2, 3]
result = a
