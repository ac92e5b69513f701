# technique: a forbidden method bound by assignment instead of def
# expected: rejected
class A:
    __instancecheck__ = lambda self, other: True
result = "ran"
