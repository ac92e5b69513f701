# technique: type parameters
# expected: rejected
# source-expr: the program is the value of PAYLOAD: as text it would be huge or no Python
PAYLOAD = "def f[T](x: T) -> T:\n    return x\nresult = f(1)"
