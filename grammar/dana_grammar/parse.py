"""The door of dana_grammar: Dana text to a typed tree, or every independent mistake in it."""

from __future__ import annotations

from typing import Protocol

from dana_grammar.driver import Unexpected, run
from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.layout import arrange
from dana_grammar.nodes import Program
from dana_grammar.scan import Scanner
from dana_grammar.span import Span
from dana_grammar.tree_builder import TreeBuilder


class Parser(Protocol):
    """Anything that turns Dana text into a tree."""

    def parse(self, text: str, file: str = "<dana>") -> Program:
        """Return the tree of `text`. DanaSourceError when it is not Dana."""


def parse(text: str, file: str = "<dana>") -> Program:
    """Return the tree of `text`. DanaSourceError when it is not Dana, with every mistake that could be told apart."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    scanner = Scanner(text, file)
    scanner.start()
    arrange(scanner)
    builder = TreeBuilder(scanner.fstrings, file)
    try:
        body = run(scanner.tokens, builder)
    except Unexpected as e:
        t = e.tokens[e.index]
        raise DanaSourceError((*scanner.problems, Diagnostic(code="D0001", message=f"unexpected {t[1]!r} {t[0]}", span=Span(*t[2:]), file=file)))
    builder.report_loose_captures()
    if scanner.problems or builder.problems:
        raise DanaSourceError((*scanner.problems, *builder.problems))
    end = scanner.tokens[-1]
    return Program(Span(1, 1, end[4], end[5]), body, tuple(scanner.comments))
