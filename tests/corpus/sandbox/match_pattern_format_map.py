# technique: case str(format_map=f)
# expected: rejected
import random
match "{m.__class__}":
    case str(format_map=f):
        result = "ESCAPED " + f({"m": random})
