# technique: cached_property.func is our own function
# expected: harmless
import functools
class A:
    @functools.cached_property
    def p(self):
        return 3
result = A().p
