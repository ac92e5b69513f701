# technique: the method as a class attribute becomes a bound method of a str subclass
# expected: rejected
class S(str):
    shape = str.format
result = "ESCAPED " + S("{0.__class__}").shape(1)
