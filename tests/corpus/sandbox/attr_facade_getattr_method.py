# technique: module.__getattr__ called by name
# expected: rejected
import json
result = "LEAK:" + str(json.__getattr__("codecs"))
