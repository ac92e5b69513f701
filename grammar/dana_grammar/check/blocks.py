"""The rules for `pipeline name:` blocks: input, output, feedback handlers and what may stand between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.parameters import bind_parameters, visit_parameters
from dana_grammar.statements import Input, OnFeedback, Output, PipelineBlock

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker, Handler
    from dana_grammar.check.members import Subject


def pipeline_block(checker: Checker, node: PipelineBlock) -> None:
    """A pipeline at top level."""
    checker.visit_all(node.decorators)
    checker.function_names.add(node.name)
    checker.bind(node.name, node.name_span, "pipeline", node)
    pipeline_body(checker, node, None)


def pipeline_body(checker: Checker, node: PipelineBlock, owner: Subject | None) -> None:
    """The body of a pipeline; in a type, `self` is its value."""
    checker.enter("pipeline")
    if owner is not None:
        checker.bind("self", node.name_span, "self", owner)
    kept, checker.answered = checker.answered, False
    checker.function_body(node.body)
    if not checker.answered:
        checker.report.add(
            "D1204", node.name_span, f"pipeline '{node.name}' has no output: its result is null",
            hint="end it with `output: name`",
        )  # fmt: skip
    checker.answered = kept
    checker.leave()


def input_(checker: Checker, node: Input) -> None:
    """`input: a, b: float = 1.0`."""
    _inside(checker, node, "input:")
    visit_parameters(checker, node.parameters)
    bind_parameters(checker, node.parameters)


def output(checker: Checker, node: Output) -> None:
    """`output: value`."""
    _inside(checker, node, "output:")
    checker.answered = True
    checker.visit(node.value)


def on_feedback(checker: Checker, node: OnFeedback) -> None:
    """`on_feedback_received(id) -> name:`; its block runs later, perhaps in another process."""
    _inside(checker, node, "on_feedback_received")
    checker.visit(node.id)
    checker.enter("feedback")
    checker.bind(node.name, node.span, "parameter", node)
    checker.function_body(node.body)
    checker.leave()


def _inside(checker: Checker, node: Input | Output | OnFeedback, word: str) -> None:
    if checker.scope.kind != "pipeline":
        checker.report.add(
            "D1206", node.span, f"'{word}' stands outside a pipeline", hint="start one with `pipeline name:`"
        )


BLOCKS: dict[type, Handler] = {
    PipelineBlock: pipeline_block, Input: input_, Output: output, OnFeedback: on_feedback,
}  # fmt: skip
