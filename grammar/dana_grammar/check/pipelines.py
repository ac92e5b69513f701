"""The rules for pipelines in expressions and declarations: stages, captures and `$$`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.uses import stage
from dana_grammar.expressions import Capture, Pipe, Placeholder

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker, Handler
    from dana_grammar.expressions import Expression


def placeholder(checker: Checker, node: Placeholder) -> None:
    """`$$` has a value only inside a stage."""
    if not checker.placeholder:
        checker.report.add(
            "D1303", node.span, "'$$' has no value here: it stands for the value that flows through a pipeline",
            hint="use it inside a stage: `data | f(1, $$)`",
        )  # fmt: skip


def capture(checker: Checker, node: Capture) -> None:
    """A capture that no pipeline holds: the parser has refused it."""
    checker.visit(node.value)


def pipe(checker: Checker, node: Pipe) -> None:
    """`a | b | c`: captures live for one run."""
    if any(type(stage) is Capture for stage in node.stages):
        checker.enter("run")
        visit_stages(checker, node.stages, declared=False)
        checker.leave()
    else:
        visit_stages(checker, node.stages, declared=False)


def visit_stages(checker: Checker, stages: tuple[Expression, ...], *, declared: bool) -> None:
    """Check stages in order. The first stage of an expression is an ordinary value."""
    checker.placeholder += 1
    for index, one in enumerate(stages):
        value = one.value if type(one) is Capture else one
        if declared or index:
            stage(checker, value)
        else:
            checker.visit(value)
        if type(one) is Capture:
            _bind_capture(checker, one)
    checker.placeholder -= 1


def _bind_capture(checker: Checker, node: Capture) -> None:
    existing = checker.scope.bindings.get(node.name)
    if existing is not None and existing.kind == "parameter":
        checker.report.add(
            "D1305", node.name_span, f"the capture '{node.name}' hides the parameter of that name",
            related=((existing.span, "the parameter"),),
        )  # fmt: skip
    checker.bind(node.name, node.name_span, "capture")


EXPRESSIONS: dict[type, Handler] = {Placeholder: placeholder, Capture: capture, Pipe: pipe}
