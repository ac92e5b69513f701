# technique: BENIGN - tokenizer with regex and a recursive descent calculator
# expected: accepted
# expect: [0.0, 6.0, "unexpected ')'"]
import re
TOKEN = re.compile(r"\s*(?:(\d+\.?\d*)|(.))")
class Calc:
    def __init__(self, text):
        self.toks = [(float(n) if n else None, op) for n, op in TOKEN.findall(text)]
        self.i = 0
    def peek(self):
        return self.toks[self.i] if self.i < len(self.toks) else (None, None)
    def take(self):
        t = self.peek()
        self.i += 1
        return t
    def expr(self):
        v = self.term()
        while self.peek()[1] in ("+", "-"):
            op = self.take()[1]
            r = self.term()
            v = v + r if op == "+" else v - r
        return v
    def term(self):
        v = self.factor()
        while self.peek()[1] in ("*", "/"):
            op = self.take()[1]
            r = self.factor()
            v = v * r if op == "*" else v / r
        return v
    def factor(self):
        n, op = self.take()
        if op == "(":
            v = self.expr()
            assert self.take()[1] == ")", "expected )"
            return v
        if op == "-":
            return -self.factor()
        if n is None:
            raise SyntaxError(f"unexpected {op!r}")
        return n
out = [Calc("1 + 2 * (3 - 4) / 2").expr(), Calc("-2*-3").expr()]
try:
    Calc("2 * )").expr()
except SyntaxError as e:
    out.append(str(e))
result = out
