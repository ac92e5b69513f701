# technique: keys of an own instance dict that are lying str subclasses
# expected: harmless
class K(str):
    def __eq__(self, other):
        return True
    def __hash__(self):
        return hash("x")
class A:
    pass
a = A()
a.__dict__[K("y")] = 5
try:
    result = [a.x, len(vars(a))]
except AttributeError:
    result = "ran"
