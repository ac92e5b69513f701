# technique: BENIGN - ordinary program: parse log lines
# expected: accepted
# expect: {'levels': {'INFO': 2, 'ERROR': 1, 'WARNING': 1}, 'who': {'api': [1, 3, 5], 'db': [2]}, 'max_ms': 900, 'span': 119.879}
import re
from collections import Counter, defaultdict
from datetime import datetime
LOG = """\
2024-03-01 10:00:01,120 [INFO] api: GET /users 200 12ms
2024-03-01 10:00:02,300 [ERROR] db: timeout after 30s
2024-03-01 10:01:07,001 [INFO] api: POST /users 201 33ms
bad line
2024-03-01 10:02:00,999 [WARNING] api: GET /slow 200 900ms
"""
LINE = re.compile(r"^(?P<ts>\S+ \S+) \[(?P<level>[A-Z]+)\] (?P<who>\w+): (?P<msg>.*)$")
def parse(text):
    for number, line in enumerate(text.splitlines(), start=1):
        if m := LINE.match(line):
            d = m.groupdict()
            d["ts"] = datetime.strptime(d["ts"], "%Y-%m-%d %H:%M:%S,%f")
            yield number, d
rows = list(parse(LOG))
by_level = Counter(d["level"] for _, d in rows)
by_who = defaultdict(list)
for n, d in rows:
    by_who[d["who"]].append(n)
ms = [int(x) for _, d in rows for x in re.findall(r"(\d+)ms", d["msg"])]
result = {"levels": by_level, "who": dict(by_who), "max_ms": max(ms), "span": (rows[-1][1]["ts"] - rows[0][1]["ts"]).total_seconds()}
