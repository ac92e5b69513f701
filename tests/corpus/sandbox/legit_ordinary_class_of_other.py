# technique: BENIGN - ordinary program: class of other
# expected: accepted
# expect: [True, False, False, False]
class P:
    def __init__(self, x): self.x = x
    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.x == other.x
result = [P(1) == P(1), P(1) == 1, P(1) == "s", P(1) == None]
