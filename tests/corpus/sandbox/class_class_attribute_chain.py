# technique: self.__class__.__mro__ starts with the one thing that is allowed
# expected: rejected
class A:
    def f(self):
        return self.__class__.__mro__[-1].__subclasses__()
result = "ESCAPED " + str(len(A().f()))
