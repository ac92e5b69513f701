# technique: __eq__ loops inside a dict lookup
# expected: contained: timeout
class K:
    def __hash__(self):
        return 1
    def __eq__(self, other):
        while True:
            pass
result = {K(): 1, K(): 2}
