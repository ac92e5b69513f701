# technique: an own subclass of Counter with lying items()
# expected: rejected
from collections import Counter
class C(Counter):
    def items(self):
        return [("f", len)]
result = C("aa")
