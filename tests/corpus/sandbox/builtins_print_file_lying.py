# technique: print to an object whose write does anything
# expected: harmless
class W:
    def write(self, text):
        raise KeyError(text)
try:
    print("x", file=W())
    result = "printed"
except KeyError:
    result = "raised"
