"""The place of a syntax error, with the questions that the rules of `mistakes.py` ask about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dana_grammar.span import Span
from dana_grammar.tokens import HARD_WORDS, LINE_EDGES, Token
from dana_grammar.words import KIND_NAMES

NOTHING: Token = ("", "", 1, 1, 1, 1)
LONGEST_SHOWN = 24


class Finding(NamedTuple):
    """What a rule says. Without a span it is about the token that does not fit."""

    code: str
    message: str
    hint: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A token that does not fit, those around it, and the kinds that would."""

    tokens: list[Token]
    index: int
    expected: set[str]
    outer: Token | None

    def at(self, offset: int) -> Token:
        """Return the token `offset` places from the wrong one."""
        place = self.index + offset
        return self.tokens[place] if 0 <= place < len(self.tokens) else NOTHING

    @property
    def kind(self) -> str:
        """The kind of the wrong token."""
        return self.tokens[self.index][0]

    @property
    def text(self) -> str:
        """The text of the wrong token."""
        return self.tokens[self.index][1]

    @property
    def span(self) -> Span:
        """The place of the wrong token; a line end is one character wide."""
        line, column, end_line, end_column = self.tokens[self.index][2:]
        if (end_line, end_column) == (line, column):
            return Span(line, column, line, column + 1)
        return Span(line, column, end_line, end_column)

    @property
    def shown(self) -> str:
        """The wrong token in words."""
        if self.kind in LINE_EDGES or self.kind == "$END":
            return "the end of the braces" if self.outer else KIND_NAMES[self.kind]
        text = self.text.split("\n", 1)[0]
        text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
        if self.kind in ("STRING", "FSTRING"):
            return f"the string {text}"
        return f"the keyword '{text}'" if text in HARD_WORDS else f"'{text}'"

    @property
    def start(self) -> int:
        """The index of the first token of the logical line."""
        index = self.index
        while index and self.tokens[index - 1][0] not in LINE_EDGES:
            index -= 1
        return index

    @property
    def first(self) -> Token:
        """The first token of the logical line."""
        return self.tokens[self.start]

    @property
    def is_first(self) -> bool:
        """True when the wrong token starts its line."""
        return self.index == 0 or self.tokens[self.index - 1][0] in LINE_EDGES

    @property
    def depth(self) -> int:
        """How many brackets of the line are open before the wrong token."""
        return len(self.openers)

    @property
    def openers(self) -> list[Token]:
        """The brackets of the line that are open before the wrong token, the innermost last."""
        stack: list[Token] = []
        for token in self.tokens[self.start : self.index]:
            if token[0] in ("LPAR", "LSQB", "LBRACE", "WITH_OPEN"):
                stack.append(token)
            elif token[0] in ("RPAR", "RSQB", "RBRACE", "WITH_CLOSE") and stack:
                stack.pop()
        return stack

    @property
    def ends_with_colon(self) -> bool:
        """True when the line ends with ':'."""
        index = self.index
        while index < len(self.tokens) - 1 and self.tokens[index][0] not in LINE_EDGES:
            index += 1
        return self.tokens[index - 1][0] == "COLON"

    @property
    def opens_block(self) -> bool:
        """True when an indented block follows the line."""
        index = self.index
        while index < len(self.tokens) - 1 and self.tokens[index][0] != "NEWLINE":
            index += 1
        return index + 1 < len(self.tokens) and self.tokens[index + 1][0] == "INDENT"

    def touches(self, offset: int) -> bool:
        """Tell whether no blank stands between the token at `offset` and the one before it."""
        return self.at(offset)[2:4] == self.at(offset - 1)[4:]


def place(token: Token) -> Span:
    """Return where `token` stands, at least one character wide."""
    span = Span(*token[2:])
    return span if span[:2] != span[2:] else Span(span.line, span.column, span.line, span.column + 1)
