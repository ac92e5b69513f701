# technique: A.__name__ = text with a line break, seen in the error
# expected: contained: error
class A(Exception):
    pass
A.__name__ = "ValueError: all fine\n  [ok]\x1b[31m"
raise A("x")
