"""Dana text to raw tokens in one pass: one regular expression, line structure, brackets, comments.

Everything is kept in the `Scanner` of one text, so parses may run side by side and inside one another. Nothing is
raised: what is wrong is noted in `problems`, and the tokens go on as well as they can.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from dana_grammar._tables import PATTERNS
from dana_grammar.comments import starts_comment
from dana_grammar.nodes import Comment
from dana_grammar.scan_strings import StringScanner
from dana_grammar.span import Span
from dana_grammar.stray import CURLY_QUOTES, number_hint, stray
from dana_grammar.tokens import (
    CLOSERS,
    HARD_WORDS,
    LINE_EDGES,
    LOOK_TWICE,
    SCOPES,
    SIGN_KINDS,
    WORD_KINDS,
)  # fmt: skip

STRING, FSTRING, NAME, NUMBER, OPEN, CLOSE, COLON, SIGN, SLASHES, NEWLINE, COMMENT, CONTINUATION, END, BAD = range(
    1, 15
)
MASTER = re.compile(
    rf"[ \t\f]*(?:({PATTERNS['STRING']})|((?:[fF][rR]?|[rR][fF])(?:'''|\"\"\"|'|\"))|({PATTERNS['NAME']})"
    rf"|({PATTERNS['NUMBER']})(?!\w)|([(\[{{])|([)\]}}])|(:[:=]?)|({PATTERNS['AUGMENTED']}"
    r"|\*\*|->|==|!=|<=|>=|<<|>>|\.\.\.|\$\$?|[-+*%|=<>@&^.,;~]|/(?!/))|(//)|(\n[ \t\f\n]*)|(#[^\n]*)|(\\\n)|(\Z)|([\s\S]))"
)
START_OF_TEXT = re.compile(r"[ \t\f\n]*")
SCOPED_REST = re.compile(r"[:.]([^\W\d]\w*)")
BAD_NUMBER = re.compile(r"(?:0[xXoObB]|\.?\d)[\w.]*")
NEVER_IN_BRACKETS = re.compile(
    r"(?:def|return|import|while|try|raise|pass|break|continue|struct\s+\w+\s*:)(?![\w=(.,])"
)
MOST_PROBLEMS = 40
MOST_TOKENS = 300_000
HEADERS = frozenset({"IF", "ELIF", "WHILE", "FOR", "WITH", "DEF", "EXCEPT"})
NO_BRACES = "write ':' and mark the block by indentation"
LONG_LINE = 180
DEEPEST_BRACKETS = 200
DEEPEST_BLOCKS = 100


class Scanner(StringScanner):
    """Scans one text. `run` fills `tokens`, `comments`, `marks` and `problems`."""

    def start(self) -> None:
        """Scan the whole text."""
        found = START_OF_TEXT.match(self.text)
        position = found.end() if found else 0
        self.advance(0, position)
        self.indent(position)
        self.run(position)

    def run(self, position: int = 0, *, nested: bool = False) -> int:
        """Scan from `position` to the end, or with `nested` to the end of an f-string's expression. Return where."""
        tokens, text, match, word_kinds = self.tokens, self.text, MASTER.match, WORD_KINDS.get
        floor = len(self.brackets)
        append = tokens.append
        line, base = self.line, self.base
        while len(tokens) < MOST_TOKENS:
            found = match(text, position)
            group: int = found.lastindex  # type: ignore[union-attr,assignment]
            start, position = found.span(group)  # type: ignore[union-attr]
            if group == NAME:
                word = text[start:position]
                kind = word_kinds(word, "NAME")
                if kind == "NAME" and word.isascii():
                    append(("NAME", word, line, start - base, line, position - base))
                else:
                    position = self.word(word, kind, start, position)
            elif group == SIGN:
                sign = text[start:position]
                if nested and sign == "=" and len(self.brackets) == floor and self.ends_debug(position):
                    return start
                append((SIGN_KINDS.get(sign, "AUGMENTED"), sign, line, start - base, line, position - base))
            elif group == OPEN:
                sign = text[start]
                self.brackets.append(len(tokens))
                append((SIGN_KINDS[sign], sign, line, start - base, line, position - base))
            elif group == CLOSE:
                if nested and len(self.brackets) == floor:
                    return start
                self.close(text[start], start)
            elif group == COLON:
                if nested and len(self.brackets) == floor:
                    return start
                self.colon(text[start:position], start)
            elif group == NEWLINE:
                position = self.newline(start, position)
                line, base = self.line, self.base
            elif group == NUMBER:
                append(("NUMBER", text[start:position], line, start - base, line, position - base))
            elif group == END or len(self.problems) > MOST_PROBLEMS:
                self.end(start)
                return start
            else:
                if nested and text[start] == "!" and len(self.brackets) == floor:
                    return start
                position = self.rare(group, start, position)
                line, base = self.line, self.base
        self.too_long = True
        self.end(position)
        return len(text)

    def word(self, word: str, kind: str, start: int, end: int) -> int:
        """Add a word that is not simply a name. Return where scanning goes on."""
        tokens = self.tokens
        if not word.isascii():
            self.no_name(word, start)
            word = normalize("NFKC", word)
            kind = WORD_KINDS.get(word, "NAME")
        if tokens and tokens[-1][0] == "DOT" and word != "import":
            kind = "NAME"
        elif kind == LOOK_TWICE:
            return self.special_word(word, start, end)
        tokens.append((kind, word, self.line, start - self.base, self.line, end - self.base))
        return end

    def no_name(self, word: str, start: int) -> None:
        """Complain of a word with a character that no name has, such as a superscript, when there is one."""
        if word.isidentifier():
            return
        index = next(index for index in range(len(word)) if not word[: index + 1].isidentifier())
        code, message, hint = stray(word[index])
        column = start + index - self.base
        self.problem(code, message, Span(self.line, column, self.line, column + 1), hint)

    def special_word(self, word: str, start: int, end: int) -> int:
        """Add a word that is a keyword only in some places, or part of an operator of two words, or a scope."""
        last = self.tokens[-1] if self.tokens else None
        if word in SCOPES:
            return self.scope(word, start, end)
        if last and ((word == "in" and last[1] == "not") or (word == "not" and last[1] == "is")):
            self.tokens[-1] = ("OPERATOR", f"{last[1]} {word}", last[2], last[3], self.line, end - self.base)
            return end
        kind = "NAME" if word not in HARD_WORDS else "PYTHON_LAMBDA" if word == "lambda" else word.upper()
        if word not in ("in", "not"):
            self.mark()
        self.add("PREFIX" if word == "not" else kind, start, end)
        return end

    def scope(self, word: str, start: int, end: int) -> int:
        """Add `private:x` or `private.x` as one token, or the word as a name."""
        rest = SCOPED_REST.match(self.text, end)
        first = self.tokens[self.line_start][0] if self.line_start < len(self.tokens) else ""
        last = self.tokens[-1][0] if self.tokens else ""
        declares = last in ("LPAR", "COMMA", "STAR", "POWER") and first == "DEF" and self.in_parameters()
        if not rest or rest[1] in HARD_WORDS or first in ("IMPORT", "FROM") or last == "PYTHON_LAMBDA" or declares:
            self.bare_scopes.add(word)
            self.add("NAME", start, end)
            return end
        self.no_name(rest[1], end + 1)
        if self.text[end] == ".":
            self.dotted_scopes.append((self.tokens, len(self.tokens)))
        name = normalize("NFKC", f"{word}{self.text[end]}{rest[1]}")
        self.tokens.append(("SCOPED", name, self.line, start - self.base, self.line, rest.end() - self.base))
        return rest.end()

    def in_parameters(self) -> bool:
        """Tell whether the only open bracket holds the parameters or the receiver of a `def`, not its stages."""
        if len(self.brackets) != 1:
            return False
        opener = self.brackets[0]
        if self.tokens[opener - 1][0] == "DEF":
            return True
        return self.tokens[opener - 1][0] == "NAME" and self.tokens[opener - 2][0] in ("DEF", "RPAR")

    def colon(self, sign: str, start: int) -> None:
        """Add `:`, `:=` or `::`; what `::` means is for the layout to say."""
        if sign == "::":
            self.mark()
        self.add(SIGN_KINDS[sign], start, start + len(sign))

    def close(self, sign: str, start: int) -> None:
        """Add a closing bracket when it closes the innermost one, else note the problem."""
        span = Span(self.line, start - self.base, self.line, start - self.base + 1)
        if not self.brackets:
            self.problem("D0005", f"this '{sign}' closes nothing", span, "remove it, or open a bracket before it")
            return
        self.pairs[self.brackets[-1]] = len(self.tokens)
        opener = self.tokens[self.brackets.pop()]
        if len(self.brackets) == DEEPEST_BRACKETS:
            self.too_deep = True
            self.problem("D0026", f"more than {DEEPEST_BRACKETS} brackets inside one another", Span(*opener[2:]))
        if CLOSERS[opener[1]] != sign:
            message = f"'{sign}' does not close '{opener[1]}'"
            self.problem("D0005", message, span, f"write '{CLOSERS[opener[1]]}'", Span(*opener[2:]))
        self.tokens.append(
            (SIGN_KINDS[CLOSERS[opener[1]]], sign, self.line, start - self.base, self.line, start - self.base + 1)
        )

    def newline(self, start: int, end: int) -> int:
        """Count lines, end the logical line where no bracket is open, and open or close blocks. Return `end`."""
        line, column = self.line, start - self.base
        self.line += self.text.count("\n", start, end)
        self.base = self.text.rindex("\n", start, end)
        if self.nesting or (self.brackets and not self.must_end(end)):
            return end
        self.close_forgotten(line, column)
        if self.tokens and self.tokens[-1][0] not in LINE_EDGES:
            self.end_line(line, column, 1)
        self.indent(end)
        return end

    def must_end(self, end: int) -> bool:
        """Tell whether the line before `end` ends a statement although a bracket is open."""
        if NEVER_IN_BRACKETS.match(self.text, end):
            return True
        opener = self.tokens[self.brackets[-1]]
        if opener[2] not in self.unclosed:
            return False
        header = self.tokens[-1][0] == "COLON" and self.tokens[self.line_start][0] in HEADERS
        return header or end - self.base - 1 <= self.indents[-1][0]

    def end_line(self, line: int, column: int, width: int) -> None:
        """Add NEWLINE after a line that has tokens."""
        self.tokens.append(("NEWLINE", "\n", line, column, line, column + width))
        if len(self.tokens) - self.line_start > LONG_LINE:
            self.long_lines.append(line)

    def close_forgotten(self, line: int, column: int) -> None:
        """Note the innermost bracket that is still open, and close all of them."""
        if self.brackets:
            opener = self.tokens[self.brackets[-1]]
            closer = CLOSERS[opener[1]]
            if opener[1] == "{" and self.tokens[self.line_start][0] in HEADERS:
                self.problem("D0002", "a block starts with ':', not with '{'", Span(*opener[2:]), NO_BRACES)
            else:
                self.problem("D0004", f"'{opener[1]}' is never closed", Span(*opener[2:]), f"add '{closer}'")
        for place in reversed(self.brackets):
            closer = CLOSERS[self.tokens[place][1]]
            self.pairs[place] = len(self.tokens)
            self.tokens.append((SIGN_KINDS[closer], closer, line, column, line, column))
        self.brackets.clear()

    def indent(self, end: int) -> None:
        """Compare the blanks before the token at `end` with the blocks that are open."""
        text = self.text
        following = text[end : end + 2]
        if not following or following[0] == "#" or following == "//":
            return
        blanks = text[self.base + 1 : end]
        width = narrow = len(blanks)
        if "\t" in blanks or "\f" in blanks:
            blanks = blanks.rpartition("\f")[2]
            width, narrow = len(blanks.expandtabs(8)), len(blanks.expandtabs(1))
        innermost, innermost_narrow = self.indents[-1]
        if width > innermost:
            self.open_block(width, narrow, end)
        elif width < innermost:
            self.close_blocks(width, end)
        if (width > innermost) != (narrow > innermost_narrow) or self.indents[-1] != (width, narrow):
            self.uneven(width, narrow, end)
        self.line_start = len(self.tokens)

    def open_block(self, width: int, narrow: int, end: int) -> None:
        """Add INDENT."""
        self.indents.append((width, narrow))
        self.headers = (self.line_start, self.headers)
        column = end - self.base
        self.tokens.append(("INDENT", "", self.line, column, self.line, column))
        if len(self.indents) == DEEPEST_BLOCKS + 1:
            span = Span(self.line, 1, self.line, column)
            self.too_deep = True
            self.problem("D0026", f"more than {DEEPEST_BLOCKS} blocks inside one another", span)

    def close_blocks(self, width: int, end: int) -> None:
        """Add a DEDENT for each block that ends before a line that is `width` blanks in."""
        column = end - self.base
        while width < self.indents[-1][0]:
            self.closed_width = self.indents.pop()[0]
            self.headers = self.headers[1] if self.headers else None
            self.tokens.append(("DEDENT", "", self.line, column, self.line, column))

    def uneven(self, width: int, narrow: int, end: int) -> None:
        """Note an indentation that fits no open block, or that mixes tabs and blanks."""
        span = Span(self.line, 1, self.line, max(2, end - self.base))
        if width != self.indents[-1][0]:
            message = "this line is indented to no block that is open"
            self.problem("D0008", message, span, f"use {self.indents[-1][0]} or {self.closed_width} blanks")
        else:
            self.problem("D0009", "tabs and blanks are mixed in the indentation", span, "use blanks only")
        if len(self.indents) > 1:
            self.indents[-1] = (width, narrow)

    def rare(self, group: int, start: int, end: int) -> int:
        """Scan what is neither word nor sign nor line end. Return where scanning goes on."""
        if group == STRING:
            return self.string(start, end)
        if group == FSTRING:
            return self.fstring(start, end)
        if group == CONTINUATION:
            self.line += 1
            self.base = start + 1
            return end
        if group == COMMENT or (group == SLASHES and starts_comment(self, start)):
            end = self.text.find("\n", start)
            return self.comment(start, end if end >= 0 else len(self.text))
        if group == SLASHES:
            self.divisions = (self.line, len(self.tokens))
            self.add("OPERATOR", start, end)
            return end
        return self.bad(start)

    def comment(self, start: int, end: int) -> int:
        """Keep a comment. Return its end."""
        if len(self.comments) > MOST_TOKENS:
            self.too_long = True
            return len(self.text)
        alone = not self.text[self.base + 1 : start].strip()
        self.comments.append(Comment(self.line, start - self.base, self.text[start:end].rstrip(), alone))
        return end

    def bad(self, start: int) -> int:
        """Note a character that no Dana text has. Return where scanning goes on."""
        character = self.text[start]
        number = BAD_NUMBER.match(self.text, start)
        if number:
            span = Span(self.line, start - self.base, self.line, number.end() - self.base)
            self.problem("D0020", f"'{number[0]}' is not a number", span, number_hint(number[0]))
            self.add("NUMBER", start, number.end())
            return number.end()
        if character in "\"'":
            return self.unterminated(start, start)
        span = Span(self.line, start - self.base, self.line, start - self.base + 1)
        code, message, hint = stray(character)
        self.problem(code, message, span, hint)
        if character in CURLY_QUOTES:
            return self.curly(start)
        if character == "!":
            self.tokens.append(("PREFIX", "not", *span))
        return start + 1

    def end(self, position: int) -> None:
        """Add what closes the text."""
        line, column = self.line, position - self.base
        self.open_at_end = self.open_at_end or bool(self.brackets)
        self.close_forgotten(line, column)
        if self.tokens and self.tokens[-1][0] not in LINE_EDGES and not self.nesting:
            self.end_line(line, column, 0)
        if not self.nesting:
            for _ in self.indents[1:]:
                self.tokens.append(("DEDENT", "", line, column, line, column))
        self.tokens.append(("$END", "", line, column, line, column))
