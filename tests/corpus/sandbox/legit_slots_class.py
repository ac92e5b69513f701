# technique: BENIGN - __slots__ refuses other attributes
# expected: accepted
# expect: [3, 'refused']
class P:
    __slots__ = ("x", "y")
    def __init__(self, x, y):
        self.x = x
        self.y = y
p = P(1, 2)
try:
    p.z = 3
    out = "set"
except AttributeError:
    out = "refused"
result = [p.x + p.y, out]
