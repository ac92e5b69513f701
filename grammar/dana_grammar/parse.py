"""The door of dana_grammar: Dana text to a typed tree, or every independent mistake in it."""

from __future__ import annotations

from typing import Protocol

from dana_grammar.depth import too_deep
from dana_grammar.driver import Unexpected, run
from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.layout import arrange
from dana_grammar.nodes import Program
from dana_grammar.scan import MOST_TOKENS, Scanner
from dana_grammar.span import START, Span
from dana_grammar.tree_builder import TreeBuilder

LONGEST_TEXT = 5_000_000
MOST_RESCANS = 5


class Parser(Protocol):
    """Anything that turns Dana text into a tree."""

    def parse(self, text: str, file: str = "<dana>") -> Program:
        """Return the tree of `text`. DanaSourceError when it is not Dana."""


def parse(text: str, file: str = "<dana>") -> Program:
    """Return the tree of `text`. DanaSourceError when it is not Dana, with every mistake that could be told apart.

    >>> parse("x = 1 // one hour").comments[0].text
    '// one hour'
    """
    program, problems = parse_recovering(text, file)
    if problems:
        raise DanaSourceError(problems)
    return program


def parse_recovering(text: str, file: str = "<dana>") -> tuple[Program, tuple[Diagnostic, ...]]:
    """Return the tree of what could be parsed, and the mistakes in source order, none when there are none.

    >>> [problem.code for problem in parse_recovering("if x\\n    y = \\n")[1]]
    ['D0002', 'D0019']
    """
    if len(text) > LONGEST_TEXT:
        return too_long(f"more than {LONGEST_TEXT:,} characters", file)
    scanner = scanned(text, file)
    if scanner.too_long:
        return too_long(f"more than {MOST_TOKENS:,} words and signs", file)
    if scanner.too_deep:
        return Program(START, ()), in_order(scanner.problems)
    builder = TreeBuilder(scanner.fstrings, file)
    problems: list[Diagnostic] = []
    try:
        body = run(scanner.tokens, builder)
    except Unexpected:
        from dana_grammar.recover import Recovery

        builder = TreeBuilder(scanner.fstrings, file)
        recovery = Recovery(scanner, builder)
        body = recovery.run() or ()
        problems = recovery.problems
    end = scanner.tokens[-1]
    program = Program(Span(1, 1, end[4], end[5]), body, tuple(scanner.comments))
    builder.report_loose_captures()
    if scanner.long_lines:
        problems.extend(too_deep(program, file))
    problems.extend(scanner.problems)
    problems.extend(builder.problems)
    return program, in_order(problems)


def too_long(what: str, file: str) -> tuple[Program, tuple[Diagnostic, ...]]:
    """Return the answer to a text that is too long to be parsed in reasonable time."""
    message, hint = f"this text has {what}", "split it into modules"
    return Program(START, ()), (Diagnostic(code="D0027", message=message, span=Span(1, 1, 1, 2), hint=hint, file=file),)


def in_order(problems: list[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return at most twenty mistakes in source order, one for each place."""
    places: dict[tuple[int, int], Diagnostic] = {}
    open_strings = {problem.span.line for problem in problems if problem.code == "D0006"}
    for problem in sorted(problems, key=lambda problem: problem.span):
        if problem.code == "D0004" and problem.span.line in open_strings:
            continue  # the open string has swallowed the bracket's end
        places.setdefault(problem.span[:2], problem)
    return tuple(places.values())[:20]


def scanned(text: str, file: str) -> Scanner:
    """Return a scanner that has read `text`, with every token of its final kind."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    scanner = Scanner(text, file)
    scanner.start()
    unclosed: frozenset[int] = frozenset()
    for _ in range(MOST_RESCANS):
        more = {problem.span.line for problem in scanner.problems if problem.code == "D0004"} - unclosed
        if not more:
            break
        unclosed |= more
        open_at_end = scanner.open_at_end
        scanner = Scanner(text, file)
        scanner.unclosed = unclosed
        scanner.start()
        scanner.open_at_end = open_at_end
    arrange(scanner)
    return scanner


def is_incomplete(text: str) -> bool:
    """Tell whether `text`, typed line by line, waits for more lines.

    >>> is_incomplete("if x:"), is_incomplete("if x:\\n    y"), is_incomplete("if x:\\n    y\\n"), is_incomplete("x = )")
    (True, True, False, False)
    """
    if len(text) > LONGEST_TEXT:
        return False
    scanner = scanned(text, "<dana>")
    if scanner.too_long:
        return False
    last_line = scanner.text.rpartition("\n")[2]
    if scanner.open_at_end or last_line.endswith("\\"):
        return all(problem.code in ("D0004", "D0006", "D0021") for problem in scanner.problems)
    if scanner.problems:
        return False
    try:
        run(scanner.tokens, TreeBuilder(scanner.fstrings))
    except Unexpected as error:
        rest = error.tokens[error.index :]
        return error.tokens is scanner.tokens and all(token[0] in ("DEDENT", "$END") for token in rest)
    in_block = len(scanner.tokens) > 1 and scanner.tokens[-2][0] == "DEDENT"
    return in_block and bool(last_line.strip())
