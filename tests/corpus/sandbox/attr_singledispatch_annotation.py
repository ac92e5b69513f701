# technique: singledispatch.register reads annotations with get_type_hints and evaluates strings
# expected: rejected
import functools
@functools.singledispatch
def f(x):
    return "default"
@f.register
def _(x: "print('ESCAPED') or int"):
    return "int"
result = "ESCAPED " + f(1)
