# technique: object.__setattr__ given a str subclass with the hash of another name
# expected: harmless
class Sly(str):
    def __hash__(self):
        return hash("__cla" + "ss__")
    def __eq__(self, other):
        return other == "__cla" + "ss__"
class A:
    pass
class B:
    pass
a = A()
object.__setattr__(a, Sly("safe"), B)
result = "ESCAPED" if type(a) is B else "ran"
