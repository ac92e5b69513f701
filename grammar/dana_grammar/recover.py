"""The slow second pass over a text that has mistakes: find every independent one, and parse the rest.

The tokens are fed to the parser one logical line at a time. A line that does not fit is reported once and replaced by a
line that fits: a header by an equivalent one, so that its block is still parsed, anything else by `pass`. The blocks of
bad definitions of data (struct, agent, ...) are skipped, because nothing in them would fit elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dana_grammar._tables import STARTS
from dana_grammar.diagnose import diagnose
from dana_grammar.driver import Unexpected, accepts, advance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Final

    from dana_grammar.errors import Diagnostic
    from dana_grammar.scan_state import ScannerState
    from dana_grammar.tokens import Token
    from dana_grammar.tree_builder import TreeBuilder

MOST_ERRORS: Final = 20
BLOCK_EDGES: Final = frozenset({"INDENT", "DEDENT", "$END"})
SKIPPED_WITH_BODY: Final = frozenset({"STRUCT", "AGENT", "INTERFACE", "PIPELINE", "MODULE", "STATE", "RESERVED"})
FITTING_HEADERS: Final = {
    "ELIF": "ELIF CONSTANT COLON", "ELSE": "ELSE COLON", "EXCEPT": "EXCEPT COLON", "FINALLY": "FINALLY COLON",
    "TRY": "TRY COLON", "DEF": "DEF NAME LPAR RPAR COLON", "SYNC": "DEF NAME LPAR RPAR COLON",
    "CASE": "CASE NAME COLON",
}  # fmt: skip
ANY_HEADERS: Final = ("IF CONSTANT COLON", "DEF NAME LPAR RPAR COLON")
BRIDGES: Final = (
    "INDENT PASS NEWLINE DEDENT", "INDENT CASE NAME COLON PASS NEWLINE DEDENT", "EXCEPT COLON PASS NEWLINE",
    "DEF NAME LPAR RPAR COLON PASS NEWLINE", "PASS NEWLINE",
)  # fmt: skip
TEXTS: Final = {"NAME": "_", "CONSTANT": "none", "COLON": ":", "LPAR": "(", "RPAR": ")", "NEWLINE": "\n"}


class Segment(NamedTuple):
    """A logical line with its NEWLINE, or a single INDENT, DEDENT or $END: `tokens[start:end]`."""

    start: int
    end: int


def segments_of(tokens: list[Token]) -> Iterator[Segment]:
    """Cut the tokens into segments."""
    start = 0
    for index, token in enumerate(tokens, 1):
        if token[0] == "NEWLINE" or (token[0] in BLOCK_EDGES and index - 1 == start):
            yield Segment(start, index)
            start = index
        elif token[0] in BLOCK_EDGES:
            yield Segment(start, index - 1)
            yield Segment(index - 1, index)
            start = index


class Recovery:
    """One second pass. `problems` are those of the grammar; the scanner and the builder have their own."""

    def __init__(self, scanner: ScannerState, builder: TreeBuilder) -> None:
        self.tokens = scanner.tokens
        self.builder = builder
        self.problems: list[Diagnostic] = []
        self.bad_lines = {problem.span.line for problem in scanner.problems}
        self.states = [STARTS["program"]]
        self.values: list[Any] = []
        self.segments = list(segments_of(scanner.tokens))
        self.place = 0

    def run(self) -> Any:
        """Return the statements that could be parsed, None where the end could not be reached."""
        result = None
        while self.place < len(self.segments) and len(self.problems) < MOST_ERRORS:
            segment = self.segments[self.place]
            error = self.feed(self.tokens, segment.start, segment.end)
            if error is None:
                result = self.result
                self.place += 1
            elif not self.repair(segment, error):
                self.place = self.after_body(self.place)
        return result

    def feed(self, tokens: list[Token], start: int, end: int) -> Unexpected | None:
        """Feed tokens. Where they do not fit, nothing has happened and the error is returned."""
        states, values = list(self.states), list(self.values)
        lengths = [len(value) if type(value) is list else 0 for value in values]
        problems, self.result = len(self.builder.problems), None
        try:
            self.result = advance(tokens, start, end, self.states, self.values, self.builder)
        except Unexpected as error:
            seen = Unexpected(error.tokens, error.index, list(error.states))
            self.states, self.values = states, values
            for value, length in zip(values, lengths, strict=True):
                if type(value) is list:
                    del value[length:]
            del self.builder.problems[problems:]
            return seen
        return None

    def report(self, segment: Segment, error: Unexpected) -> None:
        """Keep the diagnosis of `error` unless the scanner has found a mistake in the same line."""
        first, last = self.tokens[segment.start], self.tokens[segment.end - 1]
        if self.bad_lines.isdisjoint(range(first[2], last[4] + 1)):
            nested = None if error.tokens is self.tokens else self.tokens[segment.start]
            problem = diagnose(error, self.builder.file, nested)
            if not self.problems or self.problems[-1].span != problem.span:
                self.problems.append(problem)
            self.bad_lines.add(first[2])

    def repair(self, segment: Segment, error: Unexpected) -> bool:
        """Report, and get the parser past the place. False when the segment must be skipped."""
        kind = self.tokens[segment.start][0]
        at_start = error.tokens is self.tokens and error.index == segment.start
        self.report(segment, error)
        if at_start and self.bridge(segment):
            return True
        if kind == "INDENT":
            return any(self.try_line(header, segment.start) for header in (f"{h} NEWLINE" for h in ANY_HEADERS))
        if kind in BLOCK_EDGES:
            return False
        return self.replace(segment, kind)

    def bridge(self, segment: Segment) -> bool:
        """Put in what is missing before a segment whose first token does not fit: a block, a handler, a function."""
        token = self.tokens[segment.start]
        for line in BRIDGES[:-1]:
            states, values = list(self.states), list(self.values)
            if self.try_line(line, segment.start):
                if accepts(self.states, token[0]):
                    return True
                self.states, self.values = states, values
        return False

    def replace(self, segment: Segment, kind: str) -> bool:
        """Put a line that fits in the place of one that does not, and go on behind it."""
        following = self.tokens[segment.end][0] if segment.end < len(self.tokens) else ""
        if following == "INDENT" and (
            kind in SKIPPED_WITH_BODY or self.tokens[segment.start][1] in ("switch", "match")
        ):
            self.place = self.after_body(self.place)
            self.try_line("PASS NEWLINE", segment.start)
            return True
        headers = [FITTING_HEADERS[kind]] if kind in FITTING_HEADERS else []
        if following == "INDENT":
            lines = [f"{header} NEWLINE" for header in (*headers, *ANY_HEADERS)]
        else:
            headers += ["IF CONSTANT COLON"] if kind in ("IF", "WHILE", "FOR", "WITH") else []
            lines = [f"{header} PASS NEWLINE" for header in headers] + ["AT NAME NEWLINE"] * (kind == "AT")
            lines.append("PASS NEWLINE")
        if any(self.try_line(line, segment.start) for line in lines):
            self.place += 1
            return True
        return False

    def try_line(self, kinds: str, place: int) -> bool:
        """Feed made-up tokens that stand where `tokens[place]` does. False, and nothing done, where they do not fit."""
        _, _, line, column, _, _ = self.tokens[place]
        made = [(kind, TEXTS.get(kind, kind.lower()), line, column, line, column) for kind in kinds.split()]
        return self.feed(made, 0, len(made)) is None

    def after_body(self, place: int) -> int:
        """Return the segment behind `place` and the block that it opens."""
        depth = 0
        for index in range(place, len(self.segments)):
            kind = self.tokens[self.segments[index].start][0]
            depth += (kind == "INDENT") - (kind == "DEDENT")
            following = self.segments[index + 1].start if index + 1 < len(self.segments) else len(self.tokens) - 1
            if depth <= 0 and self.tokens[following][0] != "INDENT":
                return index + 1
        return len(self.segments)
