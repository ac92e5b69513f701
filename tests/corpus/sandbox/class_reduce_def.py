# technique: __reduce_ex__ and __getstate__ defined
# expected: rejected
class A:
    def __reduce_ex__(self, p):
        return (int, ())
    def __getstate__(self):
        return {}
result = "ran"
