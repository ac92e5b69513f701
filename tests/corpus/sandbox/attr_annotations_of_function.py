# technique: f.__annotations__ written by name
# expected: rejected
def f(a: int):
    return a
f.__annotations__["a"] = "os"
result = "ran"
