# technique: __match_args__ bound by a for loop in the class body
# expected: rejected
class A:
    for __match_args__ in [("__class__",)]:
        pass
match A():
    case A(c):
        result = "ESCAPED " + str(c)
