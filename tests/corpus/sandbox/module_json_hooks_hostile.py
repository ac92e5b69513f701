# technique: object_hook, parse_float and pairs hooks are ours
# expected: harmless
import json
result = json.loads('{"a": 1.5, "b": [1, 2]}', parse_float=str, object_pairs_hook=list)
