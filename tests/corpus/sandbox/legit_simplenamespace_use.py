# technique: BENIGN - types.SimpleNamespace and MappingProxyType
# expected: accepted
# expect: [{'host': 'x', 'port': 2, 'extra': [1]}, "namespace(host='x', port=2, extra=[1])", 1, False, True]
from types import MappingProxyType, SimpleNamespace
cfg = SimpleNamespace(host="x", port=1)
cfg.port += 1
cfg.extra = [1]
ro = MappingProxyType({"a": 1})
try:
    ro["b"] = 2
    wrote = True
except TypeError:
    wrote = False
result = [vars(cfg), repr(cfg), ro["a"], wrote, cfg == SimpleNamespace(host="x", port=2, extra=[1])]
