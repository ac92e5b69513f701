"""The rules for imports and exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.known_names import PYTHON_MODULES
from dana_grammar.statements import Export, FromImport, Import

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker, Handler
    from dana_grammar.statements import ModulePath


def import_(checker: Checker, node: Import) -> None:
    """`import a.b as c` binds `c`; without alias the first part of the path."""
    _check_suffix(checker, node.path, "import ")
    bound = node.alias or (node.path.names[0] if node.path.names else "")
    if bound:
        checker.bind(bound, node.span, "import", node)


def from_import(checker: Checker, node: FromImport) -> None:
    """`from a import b as c`; `*` may bring any name."""
    _check_suffix(checker, node.path, "from ")
    if node.star:
        checker.open = True
        if checker.scope.kind not in ("program", "module"):
            checker.report.add("D1505", node.span, "'import *' stands inside a function", hint="import at the top")
    for one in node.names:
        checker.bind(one.alias or one.name, one.span, "import", node)


def _check_suffix(checker: Checker, path: ModulePath, before: str) -> None:
    if path.dots == 0 and path.names and path.names[0] in PYTHON_MODULES and path.names[-1] != "py":
        dotted = ".".join(path.names)
        checker.report.add(
            "D1504", path.span, f"'{dotted}' looks like a Python module, but this imports a Dana module",
            hint=f"write `{before}{dotted}.py`",
        )  # fmt: skip


def export(checker: Checker, node: Export) -> None:
    """`export a, b` names what exists."""
    checker.visit_all(node.names)


STATEMENTS: dict[type, Handler] = {Import: import_, FromImport: from_import, Export: export}
