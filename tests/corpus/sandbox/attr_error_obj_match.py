# technique: `case AttributeError(obj=o)` reads .obj without an attribute node
# expected: rejected
import random
try:
    random.not_there
except AttributeError as e:
    match e:
        case AttributeError(obj=o):
            result = "LEAK:" + str(o)
