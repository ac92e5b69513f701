# technique: a mangled name on a foreign object
# expected: rejected
import random
class X:
    def f(self):
        return random.__os
result = "LEAK:" + str(X().f())
