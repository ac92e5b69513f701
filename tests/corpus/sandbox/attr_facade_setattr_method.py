# technique: module.__setattr__ called by name
# expected: rejected
import json
json.__setattr__("dumps", len)
result = "ESCAPED" if json.dumps is len else "ran"
