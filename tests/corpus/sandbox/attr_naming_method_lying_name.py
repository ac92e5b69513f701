# technique: __setattr__ given a str subclass that changes between two looks
# expected: rejected
class Sly(str):
    n = 0
    def __str__(self):
        Sly.n += 1
        return "x" if Sly.n < 2 else "__class__"
    def __getitem__(self, i):
        return "x"
    def __eq__(self, other):
        return False
    def __hash__(self):
        return hash("__class__")
class A:
    pass
class B:
    pass
a = A()
object.__setattr__(a, Sly("__class__"), B)
result = "ESCAPED" if type(a) is B else "ran"
