# technique: format_map with __missing__ returning a live object
# expected: rejected
class D(dict):
    def __missing__(self, k):
        return lambda: 0
result = "ESCAPED " + "{x.__globals__}".format_map(D())
