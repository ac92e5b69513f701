"""Read the one function that a model was asked for out of what it wrote, or say why there is none."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from dana_poet.codegen.generator import GenerationError
from dana_poet.codegen.original import Original
from dana_poet.codegen.prompt_data import clean

if TYPE_CHECKING:
    from dana_poet.codegen.body import Definition
    from dana_poet.llm.request import Reply

SOURCE_BYTES = 64 * 1024
NOTE_CHARACTERS = 300
_FENCE = re.compile(r"^[ \t]*(?P<ticks>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$")
_SORRY = re.compile(
    r"\s*(?:i['\u2019]?m sorry|sorry|i can(?:no|['\u2019])t|i(?: am|['\u2019]m) (?:not able|unable))", re.IGNORECASE
)
_SIZES = {"character": "hidden_characters", "size": "too_long", "input": "not_text"}


class Answer(NamedTuple):
    """The function that a model wrote, and what it said around it."""

    source: str
    notes: str


class AnswerError(GenerationError):
    """An answer is not what was asked for. `mendable` says whether asking the model to correct it makes sense."""

    def __init__(self, message: str, *, reason: str, mendable: bool = True) -> None:
        super().__init__(message, reason=reason)
        self.mendable = mendable


def read_answer(reply: Reply, original: Original) -> Answer:
    """Return the source of the one fence of an answer. AnswerError when that is not the function that was asked for.

    It checks the shape: fence, size, hidden characters, syntax, name, parameters, kind. What the function does is for
    verification to find out.
    """
    from dana_poet.llm.answer import without_thinking

    _check_ending(reply)
    text = without_thinking(reply.text)
    if not text:
        raise AnswerError("the model answered with nothing", reason="empty", mendable=False)
    source, around = one_fence(text)
    _check_text(source)
    _check_shape(_parsed(source), source, original)
    return Answer(source.strip("\n") + "\n", clean(" ".join(around.split()), NOTE_CHARACTERS))


def one_fence(text: str) -> tuple[str, str]:
    """Return what stands in the one Markdown fence of a text, and what stands around it. AnswerError for 0 or 2 fences.

    >>> one_fence("Here:\\n```python\\nx = 1\\n```\\nDone.")
    ('x = 1\\n', 'Here:\\nDone.\\n')
    """
    fences: list[str] = []
    around: list[str] = []
    inside: list[str] | None = None
    ticks = ""
    for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
        mark = _FENCE.match(line)
        if inside is None and mark:
            inside, ticks = [], mark["ticks"]
        elif inside is not None and mark and mark["ticks"].startswith(ticks) and not mark["info"].strip():
            fences.append("".join(f"{one}\n" for one in inside))
            inside = None
        else:
            (around if inside is None else inside).append(line)
    if inside is not None:
        raise AnswerError("the answer ends inside its code", reason="cut")
    return _only(fences), "".join(f"{line}\n" for line in around)


def _only(fences: list[str]) -> str:
    if len(fences) == 1:
        return fences[0]
    if not fences:
        raise AnswerError("the answer has no ``` fence with code", reason="no_fence")
    raise AnswerError(f"the answer has {len(fences)} ``` fences; one was asked for", reason="two_fences")


def _check_ending(reply: Reply) -> None:
    if reply.finish == "length":
        raise AnswerError("the answer was cut at max_tokens", reason="cut", mendable=False)
    if reply.finish in {"content_filter", "refusal"}:
        raise AnswerError("the server withheld the answer", reason="refused", mendable=False)
    if "```" not in reply.text and "~~~" not in reply.text and _SORRY.match(reply.text):
        raise AnswerError(f"the model refuses: {clean(reply.text.strip(), 200)}", reason="refused", mendable=False)


def _check_text(source: str) -> None:
    """Look at text, size, hidden characters and brackets before anything is parsed."""
    from dana_sandbox.gate import gate

    if not source.strip():
        raise AnswerError("the ``` fence is empty", reason="empty")
    if violations := gate(source, source_bytes=SOURCE_BYTES):
        raise AnswerError(str(violations[0]), reason=_SIZES.get(violations[0].rule, "not_python"))


def _parsed(source: str) -> ast.Module:
    from dana_sandbox.parsing import parse

    tree = parse(source)
    if isinstance(tree, ast.Module):
        return tree
    raise AnswerError(str(tree[0]), reason="syntax" if tree[0].rule == "syntax" else "too_long")


def _check_shape(tree: ast.Module, source: str, original: Original) -> None:
    found = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    named = [node for node in found if node.name == original.name]
    if not named:
        names = ", ".join(node.name for node in found) or "no function"
        raise AnswerError(f"the answer defines {names}, not {original.name}", reason="wrong_name")
    if len(named) > 1:
        raise AnswerError(f"the answer defines {original.name} {len(named)} times", reason="two_definitions")
    if named[0].decorator_list:
        raise AnswerError(f"{original.name} has decorators, which the original's caller adds", reason="decorated")
    _check_signature(named[0], original)
    kind = Original.of_source(source, original.name).kind
    if kind != original.kind:
        raise AnswerError(
            f"{original.name} is of kind {kind}, the original of kind {original.kind}", reason="wrong_kind"
        )


def _check_signature(node: Definition, original: Original) -> None:
    wanted = ast.parse(f"def f{original.signature}: ...").body[0]
    assert isinstance(wanted, ast.FunctionDef)
    ours, theirs = _bare(wanted.args), _bare(node.args)
    if ours != theirs:
        raise AnswerError(f"{original.name} takes ({theirs}), the original ({ours})", reason="wrong_signature")


def _bare(arguments: ast.arguments) -> str:
    """Return parameters with their defaults and without hints: those may be written in other words."""
    copied = ast.parse(f"def f({ast.unparse(arguments)}): ...").body[0]
    assert isinstance(copied, ast.FunctionDef)
    for node in ast.walk(copied.args):
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.unparse(copied.args)
