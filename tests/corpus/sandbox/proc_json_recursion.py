# technique: json.dumps nested deep; json.loads of 100,000 brackets
# expected: contained: recursion
import json
result = json.loads("[" * 100000)
