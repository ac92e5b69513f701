# technique: private mangling must not build a guard name
# expected: harmless
class A:
    __x_ = 1
    def f(self):
        return self.__x_
result = A().f() if True else "_A__x_"
