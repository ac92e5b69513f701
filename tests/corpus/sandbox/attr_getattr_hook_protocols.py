# technique: __getattr__ answering every dunder that the library may ask for
# expected: harmless
import copy
import json
import statistics
class A:
    def __getattr__(self, n):
        return lambda *a, **k: 1
out = []
for probe in (lambda: copy.copy(A()), lambda: copy.deepcopy(A()), lambda: json.dumps(A()), lambda: statistics.mean([A()]),
              lambda: round(A()), lambda: format(A()), lambda: bytes(A()), lambda: list(A()), lambda: "%d" % A()):
    try:
        out.append(type(probe()).__name__)
    except Exception as e:
        out.append(type(e).__name__)
result = len(out)
