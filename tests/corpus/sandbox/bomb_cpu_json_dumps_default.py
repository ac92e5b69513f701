# technique: json default that returns a new object for ever
# expected: contained: timeout
import json
class A:
    pass
result = json.dumps(A(), default=lambda o: sum(1 for _ in iter(int, 1)))
