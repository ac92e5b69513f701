# technique: __str__ returns a number
# expected: contained: error
class E(Exception):
    def __str__(self):
        return 5
raise E()
