# technique: super().__getattribute__ reads any name
# expected: rejected
class A:
    def f(self):
        return super().__getattribute__("__cl" + "ass__")
result = "ran:" + A().f().__name__
