# technique: BENIGN - nested classes, classes in functions, class attributes shared
# expected: accepted
# expect: ['Outer.Inner', 2, 2, 8, 'Local']
class Outer:
    shared = []
    class Inner:
        depth = 2
        def name(self):
            return type(self).__qualname__
    def make(self):
        self.shared.append(1)
        return self.Inner()
def factory(n):
    class Local:
        value = n
        def twice(self):
            return self.value * 2
    return Local
result = [Outer().make().name(), Outer().make().depth, len(Outer.shared), factory(4)().twice(), factory(1).__name__]
