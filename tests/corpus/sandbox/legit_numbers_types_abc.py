# technique: BENIGN - numbers ABCs, isinstance with unions and tuples, type comparison
# expected: accepted
# expect: ['bool', 'int', 'num', 'text', 'text', 'NoneType', 'list', 'dict', 'tuple', 'set', 'builtin_function_or_method', 'function', True, True, True, True]
import numbers
def kind(v):
    if isinstance(v, bool):
        return "bool"
    if isinstance(v, numbers.Integral):
        return "int"
    if isinstance(v, (float, complex)):
        return "num"
    if isinstance(v, str | bytes):
        return "text"
    return type(v).__name__
result = [kind(x) for x in (True, 1, 1.5, "a", b"", None, [], {}, (), set(), len, kind)] + [type(1) is int, type("a") == str, type(1) in (int, float), isinstance(int, type)]
