# technique: property.fget is our own function
# expected: harmless
class A:
    @property
    def p(self):
        return 1
result = A.p.fget(None)
