# technique: an attribute of a library class replaced
# expected: rejected
import json
json.JSONEncoder.default = lambda self, o: "patched"
result = json.dumps({"a": {1}})
