# technique: __annotations__ of the module is a live dict too
# expected: rejected
x: int = 1
__annotations__["y"] = 2
result = "ran"
