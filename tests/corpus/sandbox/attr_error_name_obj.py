# technique: NameError/AttributeError suggestions: .name is text, .obj is the object that lacked it
# expected: rejected
import random
try:
    random.not_there
except AttributeError as e:
    result = "LEAK:" + str(e.obj)
