# technique: BENIGN - ordinary program: rd parser json
# expected: accepted
# expect: [{'a': [1, -2.5, 'x\nA', True, None], 'b': {}}, ('expected , or ] at 3', 3)]
class ParseError(ValueError):
    def __init__(self, msg, pos):
        super().__init__(f"{msg} at {pos}")
        self.pos = pos
class Parser:
    def __init__(self, text):
        self.text, self.i = text, 0
    def ws(self):
        while self.i < len(self.text) and self.text[self.i] in " \t\r\n":
            self.i += 1
    def peek(self):
        self.ws()
        return self.text[self.i:self.i + 1]
    def expect(self, ch):
        if self.peek() != ch:
            raise ParseError(f"expected {ch!r}", self.i)
        self.i += 1
    def value(self):
        ch = self.peek()
        match ch:
            case "{":
                return self.obj()
            case "[":
                return self.arr()
            case '"':
                return self.string()
            case "t" | "f" | "n":
                for word, val in (("true", True), ("false", False), ("null", None)):
                    if self.text.startswith(word, self.i):
                        self.i += len(word)
                        return val
                raise ParseError("bad literal", self.i)
            case _ if ch and (ch.isdigit() or ch == "-"):
                j = self.i + 1
                while j < len(self.text) and self.text[j] in "0123456789.eE+-":
                    j += 1
                raw, self.i = self.text[self.i:j], j
                return float(raw) if set(raw) & set(".eE") else int(raw)
            case _:
                raise ParseError("unexpected", self.i)
    def string(self):
        self.expect('"')
        out = []
        while (c := self.text[self.i]) != '"':
            if c == "\\":
                self.i += 1
                c = {"n": "\n", "t": "\t", "u": chr(int(self.text[self.i + 1:self.i + 5], 16)) if self.text[self.i] == "u" else ""}.get(self.text[self.i], self.text[self.i])
                if self.text[self.i] == "u":
                    self.i += 4
            out.append(c)
            self.i += 1
        self.i += 1
        return "".join(out)
    def arr(self):
        self.expect("[")
        out = []
        while self.peek() != "]":
            out.append(self.value())
            if self.peek() == ",":
                self.i += 1
            elif self.peek() != "]":
                raise ParseError("expected , or ]", self.i)
        self.i += 1
        return out
    def obj(self):
        self.expect("{")
        out = {}
        while self.peek() != "}":
            key = self.string() if self.peek() == '"' else None
            self.expect(":")
            out[key] = self.value()
            if self.peek() == ",":
                self.i += 1
        self.i += 1
        return out
try:
    Parser("[1 2]").value()
except ParseError as e:
    err = (str(e), e.pos)
result = [Parser('{"a": [1, -2.5, "x\\n\\u0041", true, null], "b": {}}').value(), err]
