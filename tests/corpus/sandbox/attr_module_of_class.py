# technique: cls.__module__ names the real module
# expected: rejected
import random
result = "LEAK:" + random.Random.__module__
