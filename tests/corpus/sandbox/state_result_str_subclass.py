# technique: a str subclass
# expected: rejected
class S(str):
    pass
result = S("x")
