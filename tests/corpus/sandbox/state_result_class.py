# technique: a class as result
# expected: rejected
class A:
    pass
result = A
