"""The prompt in a function's source: found where it goes to a model, replaced as a literal, and nothing else changed.

A version with another prompt is the same code but for one literal, which is checked on the syntax of both. Such code
can do nothing that the original could not, whoever wrote the prompt, and runs in process.
"""

from __future__ import annotations

import ast
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dana_poet.codegen.body_tables import MODEL
from dana_poet.codegen.original import Original, plain_function
from dana_poet.prompts.literal import Formatting, literal_of, written
from dana_poet.prompts.template import PromptError, PromptTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dana_poet.codegen.generator import Candidate, Usage

ASKING = frozenset(
    "reason llm ask context_aware_reason complete acomplete chat generate generate_content invoke ainvoke create "
    "completion acompletion prompt predict stream".split()
)
"""Calls that may ask a model, by the last part of their name."""
CARRIERS = frozenset({"Message", "Request", "HumanMessage", "SystemMessage", "dict", "dedent", "strip"})
"""Calls through which a prompt may go on its way to a model."""
ARGUMENTS = frozenset(
    {"prompt", "messages", "content", "contents", "question", "input", "text", "system", "instructions"}
)
FORMATTINGS: tuple[Formatting, ...] = ("plain", "format", "f")
SHORTEST = 3
"""Characters below which a text is no prompt."""


@dataclass(frozen=True, slots=True)
class PromptSource:
    """A function whose prompt was found: `template` is the prompt, `place` the index of its literal among the nodes.

    >>> found = PromptSource.of_source('def f(text):\\n    return llm.complete(f"Analyze: {text}")\\n')
    >>> print(found.with_prompt(PromptTemplate("Analyze: {text}\\nAnswer in JSON.")), end="")
    def f(text):
        return llm.complete(f"Analyze: {text}\\n" "Answer in JSON.")
    """

    original: Original
    template: PromptTemplate
    place: int
    formatting: Formatting

    @classmethod
    def of(cls, function: Callable[..., Any]) -> PromptSource:
        """Find the prompt of a function. PromptError when there is none or more than one, with what to do."""
        return cls.of_original(Original.of(function))

    @classmethod
    def of_source(cls, text: str, name: str | None = None) -> PromptSource:
        """Find the prompt of the function `name` in Python text."""
        return cls.of_original(Original.of_source(text, name))

    @classmethod
    def of_original(cls, original: Original) -> PromptSource:
        """Find the prompt of a function that was read."""
        tree = ast.parse(original.source)
        found = list(_prompts(tree))
        if not found:
            raise PromptError(
                f"{original.name} hands no prompt to a model that is written in it",
                hint="write the prompt as a text or an f-string inside of the function",
            )
        longest = max(found, key=lambda one: len(one[1].text))
        nodes = list(ast.walk(tree))
        place = next(at for at, node in enumerate(nodes) if node is longest[0])
        return cls(original, longest[1], place, longest[2])

    def with_prompt(self, template: PromptTemplate) -> str:
        """Return the source with another prompt. PromptError when the placeholders differ, or it cannot be written."""
        if why := self.template.why_not(template):
            raise PromptError(f"this is no prompt for {self.original.name}: {why}")
        node = self._literal(self.original.source)
        for text in written(template, self.formatting):
            source = _replaced(self.original.source, node, text)
            if not self.why_other(source, template):
                return source
        raise PromptError(
            f"the prompt cannot be written into {self.original.name}", hint="keep its placeholders simple"
        )

    def why_other(self, source: str, template: PromptTemplate | None = None) -> str:
        """Return how `source` differs from the original in more than the prompt; empty when it does not.

        With `template` the prompt has to be that one, else any with the same placeholders.
        """
        try:
            tree, ours = ast.parse(source), ast.parse(self.original.source)
        except (SyntaxError, ValueError) as error:
            return f"it is no Python: {error}"
        node, mine = _at(tree, self.place), _at(ours, self.place)
        found = literal_of(node, self.formatting) if node is not None else None
        if node is None or mine is None or found is None:
            return "the prompt is not where it was"
        if template is not None and _normal(found) != _normal(template):
            return "the prompt is another one"
        if why := self.template.why_not(found):
            return why
        blank = ast.Constant("")
        same = ast.dump(_Without(node, blank).visit(tree)) == ast.dump(_Without(mine, blank).visit(ours))
        return "" if same else "it differs in more than the prompt"

    def candidate(
        self, template: PromptTemplate, *, origin: Literal["rules", "model"], generator: str, notes: str = "",
        usage: Usage | None = None,
    ) -> Candidate:  # fmt: skip
        """Return a version with another prompt, for the store of versions."""
        import hashlib

        from dana_poet.codegen.generator import Candidate

        digest = hashlib.sha256(template.text.encode()).hexdigest()
        return Candidate(self.with_prompt(template), origin, generator, notes, digest, usage)

    def function(self, like: Callable[..., Any], template: PromptTemplate) -> Callable[..., Any]:
        """Return the function `like`, which this is the source of, with another prompt: same globals, closure, defaults."""
        return compiled(like, self.with_prompt(template))

    def prompt_in(self, source: str) -> PromptTemplate:
        """Return the prompt of a version. PromptError when it is not the original with another prompt."""
        if why := self.why_other(source):
            raise PromptError(f"this is no version of {self.original.name} with another prompt: {why}")
        node = _at(ast.parse(source), self.place)
        found = literal_of(node, self.formatting) if node is not None else None
        assert found is not None
        return found

    def _literal(self, source: str) -> ast.expr:
        node = _at(ast.parse(source), self.place)
        assert node is not None
        return node


def compiled(like: Callable[..., Any], source: str) -> types.FunctionType:
    """Return `source` as a function that has the globals, the closure and the defaults of `like`."""
    plain = plain_function(like)
    free = plain.__code__.co_freevars
    body = "\n".join(f"    {line}" for line in ast.unparse(ast.parse(source)).split("\n"))
    text = f"def _outer({', '.join(free)}):\n{body}" if free else source
    code = _code_in(compile(text, f"<prompt of {plain.__qualname__}>", "exec", dont_inherit=True), plain.__name__)
    cells = dict(zip(free, plain.__closure__ or (), strict=True))
    made = types.FunctionType(
        code, plain.__globals__, plain.__name__, plain.__defaults__, tuple(cells[name] for name in code.co_freevars)
    )
    made.__kwdefaults__ = plain.__kwdefaults__
    made.__annotations__, made.__doc__ = plain.__annotations__, plain.__doc__
    made.__qualname__, made.__module__ = plain.__qualname__, plain.__module__
    return made


def _code_in(code: types.CodeType, name: str) -> types.CodeType:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            return inner if inner.co_name == name else _code_in(inner, name)
    raise PromptError(f"the source defines no {name}")


def _prompts(tree: ast.Module) -> Iterator[tuple[ast.expr, PromptTemplate, Formatting]]:
    """Yield the literals that go to a model, those that a name stands for too."""
    assigned = _assigned(tree)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _asks(call_name(node))):
        for given in (*call.args, *(one.value for one in call.keywords if one.arg in ARGUMENTS)):
            for node in _carried(given, assigned, 0):
                for formatting in FORMATTINGS:
                    found = literal_of(node, formatting)
                    if found is not None and _fits(node, formatting, tree) and len(found.text) >= SHORTEST:
                        yield node, found, formatting


def _carried(node: ast.expr, assigned: dict[str, ast.expr], depth: int) -> Iterator[ast.expr]:
    """Yield the literals of which an argument is made."""
    if depth > 8:
        return
    inner: list[ast.expr] = []
    if isinstance(node, (ast.Constant, ast.JoinedStr)):
        yield node
    elif isinstance(node, ast.Name) and node.id in assigned:
        inner = [assigned[node.id]]
    elif isinstance(node, (ast.List, ast.Tuple)):
        inner = list(node.elts)
    elif isinstance(node, ast.Dict):
        named = zip(node.keys, node.values, strict=True)
        inner = [value for key, value in named if isinstance(key, ast.Constant) and key.value in ARGUMENTS]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        inner = [node.left, node.right]
    elif isinstance(node, ast.Call):
        last = call_name(node).rpartition(".")[2]
        if isinstance(node.func, ast.Attribute) and last in ("format", "strip"):
            inner = [node.func.value]
        elif last in CARRIERS:
            inner = [*node.args, *(one.value for one in node.keywords if one.arg in ARGUMENTS)]
    for one in inner:
        yield from _carried(one, assigned, depth + 1)


def _fits(node: ast.expr, formatting: str, tree: ast.Module) -> bool:
    """Whether a literal is formatted that way: `"...".format(...)`, or not at all."""
    formats = any(
        isinstance(one, ast.Attribute) and one.attr == "format" and (one.value is node or _names(one.value, node, tree))
        for one in ast.walk(tree)
    )
    return formatting == "f" if isinstance(node, ast.JoinedStr) else formats == (formatting == "format")


def _names(value: ast.expr, node: ast.expr, tree: ast.Module) -> bool:
    return isinstance(value, ast.Name) and _assigned(tree).get(value.id) is node


def _assigned(tree: ast.Module) -> dict[str, ast.expr]:
    """Return what names stand for that are assigned exactly once."""
    found: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = getattr(node, "value", None) if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        for target in targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return {name: values[0] for name, values in found.items() if len(values) == 1 and values[0] is not None}


def call_name(call: ast.Call) -> str:
    """Return the dotted name of what is called, as far as it is one."""
    parts, node = [], call.func
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id if isinstance(node, ast.Name) else ""]))


def _asks(name: str) -> bool:
    first, _, _ = name.partition(".")
    last = name.rpartition(".")[2]
    return last in ASKING and (last in MODEL or first in MODEL or last != name or first in ASKING)


def _replaced(source: str, node: ast.expr, text: str) -> str:
    lines = source.encode().split(b"\n")
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    head = [*lines[: node.lineno - 1], lines[node.lineno - 1][: node.col_offset]]
    tail = [lines[node.end_lineno - 1][node.end_col_offset :], *lines[node.end_lineno :]]
    return (b"\n".join(head) + text.encode() + b"\n".join(tail)).decode()


def _at(tree: ast.Module, place: int) -> ast.expr | None:
    """Return the expression at a place; a tree that differs before it has another node there, or none."""
    for at, node in enumerate(ast.walk(tree)):
        if at == place:
            return node if isinstance(node, ast.expr) else None
    return None


class _Without(ast.NodeTransformer):
    def __init__(self, node: ast.AST, blank: ast.expr) -> None:
        self.node, self.blank = node, blank

    def visit(self, node: ast.AST) -> Any:
        return self.blank if node is self.node else self.generic_visit(node)


def _normal(template: PromptTemplate) -> tuple[tuple[str, bool], ...]:
    return tuple((piece.text, piece.is_placeholder) for piece in template.pieces)
