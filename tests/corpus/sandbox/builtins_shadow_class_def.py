# technique: class and def named like guards
# expected: rejected
class _metaclass_:
    pass
def __import__(*a):
    return 1
result = "ran"
