# technique: BENIGN - group, join and pivot of event lists
# expected: accepted
# expect: {'ann': {'click': {'n': 2, 'avg': 100.0, 'max': 120}, 'view': {'n': 1, 'avg': 50.0, 'max': 50}}, 'bob': {'view': {'n': 1, 'avg': 30.0, 'max': 30}}}
from collections import defaultdict
events = [{"u": 1, "t": "click", "ms": 120}, {"u": 2, "t": "view", "ms": 30}, {"u": 1, "t": "view", "ms": 50}, {"u": 1, "t": "click", "ms": 80}]
users = {1: "ann", 2: "bob"}
pivot = defaultdict(lambda: defaultdict(list))
for e in events:
    pivot[users.get(e["u"], "?")][e["t"]].append(e["ms"])
report = {u: {t: {"n": len(v), "avg": sum(v) / len(v), "max": max(v)} for t, v in sorted(ts.items())} for u, ts in sorted(pivot.items())}
result = report
