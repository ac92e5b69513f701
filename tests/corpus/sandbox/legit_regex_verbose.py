# technique: BENIGN - re.VERBOSE, named groups, callbacks, split, finditer, flags
# expected: accepted
# expect: [[{'date': '2024-01-02', 'level': 'INFO', 'msg': 'started'}, {'date': '2024-01-03', 'level': 'ERROR', 'msg': 'disk  full'}], 'camel_case_name', ['a', 'b', 'c', 'd'], 'home at me', True, [(1, 2), (2, 3)], 'a\\.b', ('bAnAna', 2), True]
import re
LOG = re.compile(r"""
    ^(?P<date>\d{4}-\d{2}-\d{2})   # day
    \s+\[(?P<level>[A-Z]+)\]        # level
    \s+(?P<msg>.*)$
""", re.VERBOSE | re.MULTILINE)
text = "2024-01-02 [INFO] started\nnoise\n2024-01-03 [ERROR] disk  full"
rows = [m.groupdict() for m in LOG.finditer(text)]
snake = lambda s: re.sub(r"(?<!^)(?=[A-Z])", "_", s).lower()
result = [rows, snake("camelCaseName"), re.split(r"[,;\s]+", "a, b;c  d"), re.sub(r"(\w+)@(\w+)", r"\2 at \1", "me@home"),
          re.fullmatch("AB+", "abbb", re.I) is not None, [m.span() for m in re.finditer("o", "foo")], re.escape("a.b"),
          re.subn("a", lambda m: m.group().upper(), "banana", count=2), bool(re.search(r"^\s*$", ""))]
