# technique: super().__setattr__ with a forbidden name
# expected: rejected
class B:
    x = 1
class A:
    def __init__(self):
        super().__setattr__("__cl" + "ass__", B)
result = A().x
