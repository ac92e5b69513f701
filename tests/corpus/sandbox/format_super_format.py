# technique: super().format in a str subclass
# expected: rejected
import random
class S(str):
    def go(self, *a):
        return super().format(*a)
result = "ESCAPED " + S("{0.__class__}").go(random)
