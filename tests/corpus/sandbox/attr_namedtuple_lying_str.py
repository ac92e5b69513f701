# technique: field names of a str subclass that lies
# expected: rejected
import collections
class Liar(str):
    def isidentifier(self):
        return True
    def __str__(self):
        return self
P = collections.namedtuple("P", [Liar("x: (), y")])
result = "ESCAPED"
