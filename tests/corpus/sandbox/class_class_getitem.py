# technique: __class_getitem__ defined by name
# expected: rejected
class A:
    def __class_getitem__(cls, item):
        return cls
result = str(A[1])
