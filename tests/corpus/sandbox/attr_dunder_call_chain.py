# technique: type.__call__ and super().__call__ chains
# expected: rejected
class A:
    def __call__(self):
        return super().__getattribute__
result = str(A()())
