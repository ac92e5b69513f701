# technique: BENIGN - ordinary program: temperature pipeline
# expected: accepted
# expect: [{'server': {'port': 8080, 'host': 'localhost'}, 'debug': True, 'ratio': 0.25}, "line 1: no '='"]
from typing import Iterable, Iterator
def read(lines: Iterable[str]) -> Iterator[dict]:
    for n, line in enumerate(lines, 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        name, sep, value = line.partition("=")
        if not sep:
            raise ValueError(f"line {n}: no '='")
        yield {"line": n, "name": name.strip(), "value": value.strip()}
def convert(rows):
    for row in rows:
        v = row["value"]
        for kind in (int, float):
            try:
                v = kind(v)
                break
            except ValueError:
                continue
        else:
            v = {"true": True, "false": False, "null": None}.get(v.lower(), v.strip("\"'"))
        yield row["name"], v
def nest(pairs):
    out: dict = {}
    for path, value in pairs:
        *heads, last = path.split(".")
        node = out
        for h in heads:
            node = node.setdefault(h, {})
        node[last] = value
    return out
text = """
# comment
server.port = 8080
server.host = "localhost"  # trailing
debug = True
ratio = 0.25
"""
try:
    list(read(["x"]))
except ValueError as e:
    err = str(e)
result = [nest(convert(read(text.splitlines()))), err]
