# technique: functools.wraps(f, assigned=...) is the same door by another name
# expected: rejected
import functools
import textwrap
seen = []
class Bag:
    def __setattr__(self, name, value):
        seen.append(value)
functools.wraps(textwrap.dedent, assigned=["__code__"], updated=[])(Bag())
result = "ESCAPED code object " + type(seen[0]).__name__
