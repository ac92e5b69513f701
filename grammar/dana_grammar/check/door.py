"""The door of the check pass: one walk, then what could only be compared at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.blocks import BLOCKS
from dana_grammar.check.checker import Checker
from dana_grammar.check.comments import check_comments
from dana_grammar.check.definitions import DEFINITIONS
from dana_grammar.check.expressions import EXPRESSIONS
from dana_grammar.check.known_names import BUILTIN_NAMES
from dana_grammar.check.members import check_members
from dana_grammar.check.report import Report
from dana_grammar.check.statements import STATEMENTS

if TYPE_CHECKING:
    from dana_grammar.check.checker import Handler
    from dana_grammar.errors import Diagnostic
    from dana_grammar.nodes import Program

HANDLERS: dict[type, Handler] = {**EXPRESSIONS, **STATEMENTS, **DEFINITIONS, **BLOCKS}
"""Node class -> the function that checks it."""


def check(
    program: Program, file: str = "<dana>", *, known: frozenset[str] = BUILTIN_NAMES, text: str = ""
) -> tuple[Diagnostic, ...]:
    """Return everything that can be said about a program without running it, in source order.

    `known` are the names that the host gives. `text` is what the program was parsed from: without it, nothing is
    said about `//` comments.
    """
    report = Report(file)
    checker = Checker(report, known, HANDLERS)
    try:
        checker.visit_block(program.body)
        checker.leave()
        check_members(checker)
    except RecursionError:
        report.add("D1901", program.span, "this program is nested too deeply to be checked further")
    if not file.endswith("__init__.na"):
        _report_unused_imports(checker)
    check_comments(report, program.comments, text)
    return report.in_source_order()


def _report_unused_imports(checker: Checker) -> None:
    """Report imports that nothing reads. An imported function may be used as a method: `x.area()`."""
    for binding in checker.scope.bindings.values():
        unused = binding.kind == "import" and not binding.used and binding.name not in checker.called_members
        if unused and not binding.name.startswith("_"):
            checker.report.add("D1006", binding.span, f"nothing uses the import '{binding.name}'")
