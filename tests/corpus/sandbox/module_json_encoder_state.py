# technique: an own encoder class must leave the host's alone
# expected: contained: state
import json
class E(json.JSONEncoder):
    def default(self, o):
        return "x"
result = json.dumps({"a": {1}}, cls=E)
