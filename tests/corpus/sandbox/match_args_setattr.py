# technique: setattr(cls, "__match_args__", ...)
# expected: rejected
class A:
    def __init__(self):
        self.x = 1
setattr(A, "__match_" + "args__", ("__class__",))
match A():
    case A(c):
        result = "ESCAPED " + str(c)
