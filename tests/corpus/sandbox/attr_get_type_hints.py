# technique: typing.get_type_hints evaluates strings
# expected: rejected
from typing import get_type_hints
def f(x: "().__class__"):
    pass
result = "ESCAPED " + str(get_type_hints(f))
