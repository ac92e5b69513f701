"""The part of the scanner that reads string literals: ordinary ones, f-strings with what they hold, and broken ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dana_grammar.escapes import decode
from dana_grammar.layout import arrange
from dana_grammar.scan_state import ScannerState
from dana_grammar.span import Span
from dana_grammar.tokens import WORD_KINDS, Hole

if TYPE_CHECKING:
    from typing import Final, Self

PREFIX_AND_QUOTE = re.compile(r"([A-Za-z]{0,2})('''|\"\"\"|'|\")")
EMPTY_HOLE = re.compile(r"\{[ \t]*\}")
SIMPLE_HOLE = re.compile(r"\{([^\W\d]\w*)\}")
DEBUG_END = re.compile(r"\s*(?:[}:]|![rsa])")
CONVERSION = re.compile(r"!\s*([rsa])\s*(?=[:}])")
LONG_BODIES: Final = {
    quote: re.compile(rf"[^{quote}\\]*(?:\\[\s\S][^{quote}\\]*)*{quote}(?=\s*[)\]}},]|[ \t]*[\n.])")
    for quote in ("'", '"')
}
CODE_IN_STRING = re.compile(
    r"\n[ \t]*(?:def \w+ *\(|from [\w.]+ import |(?:struct|agent|agent_blueprint) \w+:|for \w+ in .*:\n)"
)
LONGEST_LOST_STRING: Final = 20_000
DEEPEST_FSTRINGS: Final = 20
DEEPEST_SPECS: Final = 2
LONG_HOLE: Final = 50


def literal_pattern(quote: str, *, raw: bool) -> re.Pattern[str]:
    """Return what matches the text of an f-string up to a brace, its end, or a line end that it may not have."""
    plain = rf"[^{quote[0]}\\{{}}\n]"
    escape = r"\\[^{}]|\\(?=[{}])" if raw else r"\\N\{[^{}\n]*\}|\\[^{}]|\\(?=[{}])"
    more = rf"|{quote[0]}(?!{quote[0] * 2})|\n" if len(quote) > 1 else ""
    return re.compile(rf"(?:{plain}+|{escape}{more})*")


LITERALS: Final = {
    (quote, raw): literal_pattern(quote, raw=raw) for quote in ("'", '"', "'''", '"""') for raw in (False, True)
}
SPEC_LITERALS: Final = {
    "'": re.compile(r"(?:[^{}\n'\\]|\\[^{}])*"), '"': re.compile(r'(?:[^{}\n"\\]|\\[^{}])*'),
    "'''": re.compile(r"(?:[^{}'\\]|\\[^{}]|'(?!''))*"), '"""': re.compile(r'(?:[^{}"\\]|\\[^{}]|"(?!""))*'),
}  # fmt: skip


class StringScanner(ScannerState):
    """Scans string literals."""

    def run(self, position: int = 0, *, nested: bool = False) -> int:
        """Scan tokens from `position`: see `Scanner`, which is what every StringScanner is."""
        raise NotImplementedError

    def child(self) -> Self:
        """Return a scanner for an expression inside an f-string."""
        return type(self)(self.text, self.file, self)

    def advance(self, start: int, end: int) -> None:
        """Count the line ends between two places of the text."""
        lines = self.text.count("\n", start, end)
        if lines:
            self.line += lines
            self.base = self.text.rindex("\n", start, end)

    def string(self, start: int, end: int) -> int:
        """Add a string literal that may span lines. Return its end."""
        line, column = self.line, start - self.base
        self.advance(start, end)
        self.tokens.append(("STRING", self.text[start:end], line, column, self.line, end - self.base))
        return end

    def fstring(self, start: int, end: int) -> int:
        """Add an f-string whose prefix and quote end at `end`. Return the end of the literal."""
        found = PREFIX_AND_QUOTE.match(self.text, start)
        quote = found[2] if found else '"'
        raw = bool(found) and "r" in self.text[start:end].lower()
        line, column, base = self.line, start - self.base, self.base
        parts: list[str | Hole] = []
        known = len(self.problems)
        position = self.fstring_parts(parts, end, quote, raw=raw, lines=len(quote) > 1)
        if position < 0:
            self.line, self.base = line, base
            del self.problems[known:]
            return self.unterminated(start, end - len(quote))
        self.fstrings[line, column] = tuple(parts)
        position += len(quote)
        self.tokens.append(("FSTRING", self.text[start:position], line, column, self.line, position - self.base))
        return position

    def fstring_parts(self, parts: list[str | Hole], position: int, quote: str, *, raw: bool, lines: bool) -> int:
        """Collect the text and the holes of an f-string. Return where its closing quote stands, -1 without one."""
        text = self.text
        literal = LITERALS[quote, raw].match
        first = position
        piece = ""
        while True:
            end = literal(text, position).end()  # type: ignore[union-attr]
            piece += text[position:end]
            self.advance(position, end)
            position = end
            sign = text[position : position + 1]
            if sign == quote[0] and text.startswith(quote, position):
                parts.append(piece if raw or "\\" not in piece else decode(piece))
                return position
            lines = lines or (sign == "\n" and self.spans_lines(quote, first) > 0)
            if not sign or (sign == "\n" and not lines):
                return -1
            if sign == "\n":
                self.advance(position, position + 1)
                piece += sign
                position += 1
            elif text.startswith(sign * 2, position):
                piece += sign
                position += 2
            else:
                parts.append(piece if raw or "\\" not in piece else decode(piece))
                piece = ""
                position = self.brace(parts, position, quote)
                if position < 0:
                    return -1

    def brace(self, parts: list[str | Hole], position: int, quote: str) -> int:
        """Read what starts at a single brace of an f-string. Return where the text goes on, -1 where it never does."""
        if self.text[position] == "}":
            span = self.place(position, position + 1)
            self.problem("D0025", "a single '}' in an f-string", span, "write '}}' for the character itself")
            return position + 1
        simple = SIMPLE_HOLE.match(self.text, position)
        if self.nesting >= DEEPEST_FSTRINGS:
            message = f"more than {DEEPEST_FSTRINGS} f-strings inside one another"
            self.problem("D0026", message, self.place(position, position + 1))
            return -1
        if simple and simple[1].isascii() and simple[1] not in WORD_KINDS:
            column = position - self.base
            name = ("NAME", simple[1], self.line, column + 1, self.line, column + 1 + len(simple[1]))
            parts.append(Hole([name], "", (), "", self.place(position, simple.end())))
            return simple.end()
        empty = EMPTY_HOLE.match(self.text, position)
        if empty:
            parts.append(empty[0])
            return empty.end()
        return self.hole(parts, position, quote)

    def place(self, start: int, end: int) -> Span:
        """Return the span between two places of the line that the scanner is in."""
        return Span(self.line, start - self.base, self.line, end - self.base)

    def hole(self, parts: list[str | Hole], start: int, quote: str) -> int:
        """Read `{expression!r:spec}` at `start`. Return its end, -1 where it has none."""
        line, column = self.line, start - self.base
        inner = self.child()
        end = inner.run(start + 1, nested=True)
        self.line, self.base = inner.line, inner.base
        if len(inner.tokens) > LONG_HOLE:
            self.long_lines.append(line)
        if end >= len(self.text):
            return -1
        arrange(inner)
        if not inner.tokens:
            self.problem(
                "D0025",
                "an f-string has braces with nothing inside",
                Span(line, column, self.line, end + 1 - self.base),
            )
        inner.tokens.append(("$END", "", self.line, end - self.base, self.line, end - self.base))
        debug = ""
        if self.text[end] == "=":
            after = DEBUG_END.match(self.text, end + 1)
            close = after.end() - len(after[0].lstrip()) if after else end + 1
            debug, end = self.text[start + 1 : close], close
        conversion = CONVERSION.match(self.text, end)
        end = conversion.end() if conversion else end
        spec: list[str | Hole] = []
        if self.text[end] == ":":
            self.specs += 1
            end = self.spec(spec, end + 1, quote)
            self.specs -= 1
        if end < 0 or self.text[end : end + 1] != "}":
            return self.bad_hole(end)
        span = Span(line, column, self.line, end + 1 - self.base)
        parts.append(Hole(inner.tokens, conversion[1] if conversion else "", tuple(spec), debug, span))
        return end + 1

    def spec(self, parts: list[str | Hole], position: int, quote: str) -> int:
        """Read a format specification. Return where its closing brace stands, -1 without one."""
        while True:
            found = SPEC_LITERALS[quote].match(self.text, position)
            end = found.end() if found else position
            if end > position:
                parts.append(self.text[position:end])
                self.advance(position, end)
            if self.text[end : end + 1] != "{":
                return end
            if self.specs > DEEPEST_SPECS:
                self.problem("D0026", "format specifications are nested too deeply", self.place(end, end + 1))
                return end + 1
            position = self.brace(parts, end, quote)
            if position < 0:
                return -1

    def bad_hole(self, end: int) -> int:
        """Note what stands where the braces of an f-string should end. Return where the text goes on."""
        if end < 0 or end >= len(self.text) or self.text[end] == "\n":
            return -1
        span = self.place(end, end + 1)
        if self.text[end] == "!":
            self.problem("D0025", "only !r, !s and !a may stand here", span, "'!=' compares, 'not' negates")
        else:
            self.problem("D0025", f"'{self.text[end]}' cannot stand here in an f-string", span, "close the braces: '}'")
        close = re.compile(r"[^}\n'\"]*\}").match(self.text, end)
        return close.end() if close else end + 1

    def ends_debug(self, position: int) -> bool:
        """Tell whether the `=` before `position` is that of `{x=}`."""
        return DEBUG_END.match(self.text, position) is not None

    def spans_lines(self, quote: str, body: int) -> int:
        """Return where a string in single quotes ends on a later line, 0 unless it is clear that this is meant.

        Published files write long prompts so, as arguments: the quote that closes is followed by what closes or goes
        on with a call, and no line in between looks like a statement of its own.
        """
        if len(quote) > 1 or not self.brackets:
            return 0
        found = LONG_BODIES[quote].match(self.text, body, body + LONGEST_LOST_STRING)
        if not found or CODE_IN_STRING.search(self.text, body, found.end()):
            return 0
        return found.end()

    def unterminated(self, start: int, quote_start: int) -> int:
        """Add a string whose end is missing on its line, and note it unless it is one that starts with a line end."""
        found = PREFIX_AND_QUOTE.match(self.text, quote_start)
        quote = found[2] if found else self.text[quote_start]
        body = quote_start + len(quote)
        end = self.spans_lines(quote, body)
        if end > 0 and self.text[start:quote_start].lower() not in ("f", "rf", "fr"):
            return self.string(start, end)
        line_end = self.text.find("\n", start)
        end = len(self.text) if line_end < 0 or len(quote) > 1 else line_end
        self.open_at_end = self.open_at_end or len(quote) > 1
        span = self.place(start, body)
        hint = (
            f"close it with {quote}"
            if len(quote) > 1
            else f"close it with {quote}, or use {quote * 3} for several lines"
        )
        self.problem("D0006", "this string is never closed", span, hint)
        line, column = self.line, start - self.base
        self.advance(start, end)
        self.tokens.append(("STRING", "''", line, column, self.line, end - self.base))
        return end

    def curly(self, start: int) -> int:
        """Add text in curly quotes as a string, so that the line can be read on. Return its end."""
        close = re.compile(r"[^\n\u201c\u201d\u2018\u2019\u00ab\u00bb]*[\u201c\u201d\u2018\u2019\u00ab\u00bb]").match(
            self.text, start + 1
        )
        end = close.end() if close else start + 1
        self.tokens.append(("STRING", "''", self.line, start - self.base, self.line, end - self.base))
        return end
