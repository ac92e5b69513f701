# technique: super().__getattr__ on a facade-like library class
# expected: rejected
class A:
    def f(self):
        return super().__getattr__("__cl" + "ass__")
result = str(A().f())
