# technique: __init__ of a library class stores on the class itself
# expected: rejected
import json
json.JSONEncoder.__init__(json.JSONEncoder, default=lambda self, o: "ESCAPED")
result = json.dumps({1, 2})
