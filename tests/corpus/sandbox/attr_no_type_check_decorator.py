# technique: typing.no_type_check walks the attributes of a class
# expected: harmless
import typing
@typing.no_type_check
class A:
    def f(self, x: "os"):
        return 1
result = A().f(0)
