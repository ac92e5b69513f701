# technique: an exception in __del__ prints to nobody
# expected: harmless
class A:
    def __del__(self):
        raise ValueError("in del")
a = A()
del a
result = "ran"
