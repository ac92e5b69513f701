# technique: keys that lie about equality, turned to plain keys by the program
# expected: harmless
class K:
    def __init__(self, n):
        self.n = n
    def __hash__(self):
        return 1
    def __eq__(self, other):
        return False
d = {K(1): "a", K(1): "b"}
result = [k.n for k in d]
