# technique: BENIGN - ordinary program: sql tokenizer
# expected: accepted
# expect: [[('KW', 'AND'), ('ID', 'name'), ('OP', '='), ('STR', "'O''Hara'")], ('ID', 't', 1, 18), 14, "bad character '?' at 1:3"]
import re
from typing import Iterator, NamedTuple
class Token(NamedTuple):
    kind: str
    text: str
    line: int
    col: int
SPEC = [("NUM", r"\d+(?:\.\d+)?"), ("STR", r"'(?:[^']|'')*'"), ("ID", r"[A-Za-z_]\w*"), ("OP", r"<=|>=|<>|[-+*/=<>(),.]"), ("NL", r"\n"), ("WS", r"[ \t]+"), ("BAD", r".")]
RX = re.compile("|".join(f"(?P<{k}>{p})" for k, p in SPEC))
KEYWORDS = {"select", "from", "where", "and", "order", "by"}
def tokenize(sql: str) -> Iterator[Token]:
    line, start = 1, 0
    for m in RX.finditer(sql):
        kind, text = m.lastgroup, m.group()
        if kind == "NL":
            line, start = line + 1, m.end()
        elif kind == "BAD":
            raise SyntaxError(f"bad character {text!r} at {line}:{m.start() - start + 1}")
        elif kind != "WS":
            yield Token("KW" if text.lower() in KEYWORDS else kind, text, line, m.start() - start + 1)
toks = list(tokenize("SELECT a, b FROM t\nWHERE x >= 1.5 AND name = 'O''Hara'"))
try:
    list(tokenize("a ? b"))
except SyntaxError as e:
    err = e.msg
result = [[(t.kind, t.text) for t in toks][-4:], toks[5], len(toks), err]
