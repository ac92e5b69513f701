# technique: such keys as keys of the result
# expected: rejected
class K(str):
    def __hash__(self):
        return 1
    def __eq__(self, other):
        return True
result = {K("a"): 1, "b": 2}
