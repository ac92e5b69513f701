# technique: __match_args__ as a list with dunder names
# expected: rejected
class A:
    __match_args__ = ["__class__", "__dict__"]
match A():
    case A(c, d):
        result = "ESCAPED " + str(c)
