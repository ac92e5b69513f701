# technique: __str__ raises
# expected: contained: error
class E(Exception):
    def __str__(self):
        raise ValueError("inner")
raise E("x")
