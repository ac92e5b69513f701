# technique: an instance of an own class
# expected: rejected
class A:
    pass
result = [A()]
