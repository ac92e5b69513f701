# technique: setattr with a lying str subclass
# expected: rejected
import math
class Sly(str):
    def startswith(self, *a):
        return False
    def __eq__(self, other):
        return True
    def __hash__(self):
        return hash("x")
setattr(math, Sly("pi"), 3)
result = "ESCAPED" if math.pi == 3 else "ran"
