# technique: an exception whose __init__ wants arguments and keeps none
# expected: contained: error
class E(Exception):
    def __init__(self, a, b):
        self.a = a
raise E(1, object())
