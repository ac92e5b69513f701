"""From a Dana program to the Python syntax tree that runs it. Every node stands where its Dana text stands."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dana_grammar import nodes as n
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.definitions import fields_of
from dana_grammar.to_python.expressions import check_dunder, refuse
from dana_grammar.to_python.infer import infer
from dana_grammar.to_python.pipelines import Pipelines
from dana_grammar.to_python.scope import bound_names, everything

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["to_python"]

TYPE_NAMES = frozenset(k.ANNOTATIONS) | {"None", "frozenset", "bytes"}


def to_python(program: n.Program, text: str = "", *, known: frozenset[str] = frozenset()) -> ast.Module:
    """Return the Python module that means what `program` means.

    `text` is what was parsed: it is needed for exact columns where it is not ASCII. `known` are names that exist when
    the program starts, as in an interactive session. Annotations are meant as text: compile with
    `__future__.annotations`. Raises DanaSourceError for what parses and can never run.
    """
    writer = Pipelines(text)
    if "_dana_" in text or "__" in text or not text.isascii():
        _refuse_hidden_names(program)
    _prepare(writer, program, known)
    written = writer.block(program.body, "result") if program.body else []
    return ast.Module(written, [])


def _refuse_hidden_names(program: n.Program) -> None:
    """Refuse names of the machinery and of the interpreter wherever a name may be written."""
    for node in everything([program]):
        span = getattr(node, "name_span", node.span)
        for name in _written_names(node):
            check_dunder(name, span)
            if name.startswith("_dana_"):
                raise refuse("D1004", f"'{name}' is out of reach in Dana", span, "choose a name without '_dana_'")


def _written_names(node: n.Node) -> Iterator[str]:
    for field in ("name", "alias", "rest"):
        name = getattr(node, field, "")
        if isinstance(name, str):
            yield name
    yield from (name for name in getattr(node, "names", ()) if isinstance(name, str))


def _prepare(writer: Pipelines, program: n.Program, known: frozenset[str]) -> None:
    """Tell the writer what the text defines at its top level."""
    bound = bound_names(program.body)
    counts = _bindings(program)
    stars = any(isinstance(node, n.FromImport) and node.star for node in program.body)
    shadowed = bound | known | (k.BUILTIN_RESULTS.keys() - k.ANNOTATIONS.keys() if stars else set())
    writer.kinds = k.Kinds({}, {}, frozenset(shadowed))
    writer.functions = frozenset(s.name for s in program.body if isinstance(s, n.Function) and s.receiver is None)
    writer.functions |= {i.alias or i.name for s in program.body if isinstance(s, n.FromImport) for i in s.names}
    writer.functions |= {s.name for s in program.body if isinstance(s, n.DeclarativePipeline | n.PipelineBlock)}
    writer.known_types = TYPE_NAMES | bound | known
    checked = {s.name for s in program.body if isinstance(s, n.Struct | n.Interface | n.Agent)}
    imported = {i.alias or i.name for s in program.body if isinstance(s, n.FromImport) for i in s.names}
    writer.checked_types = frozenset(checked | imported)
    writer.setters, writer.members = {}, {}
    _prepare_structs(writer, program, counts)
    writer.received |= frozenset(_received_elsewhere(program, writer.kinds.structs))
    infer(writer.kinds, program.body, {})
    if stars:
        writer.kinds.names = dict.fromkeys(writer.kinds.names, k.ANY)
        return
    lasting = n.Function | n.Struct | n.Agent | n.Interface | n.Import | n.DeclarativePipeline | n.Module
    for statement in program.body:
        if isinstance(statement, lasting):
            for name in bound_names([statement]):
                if counts.get(name) == 1:
                    writer.kinds.globals[name] = k.OBJECT


def _bindings(program: n.Program) -> dict[str, int]:
    counts: dict[str, int] = {}
    for statement in program.body:
        for name in bound_names([statement]):
            counts[name] = counts.get(name, 0) + 1
    return counts


def _prepare_structs(writer: Pipelines, program: n.Program, counts: dict[str, int]) -> None:
    structs = [
        s for s in program.body
        if isinstance(s, n.Struct) and s.kind in {"struct", "workflow"} and counts[s.name] == 1 and not s.decorators
    ]  # fmt: skip
    for number, struct in enumerate(structs):
        writer.kinds.structs[struct.name] = 1 << (k.FIRST_STRUCT + number)
    for struct in structs:
        bit = writer.kinds.structs[struct.name]
        fields = fields_of(struct)
        names = {member.name for member in struct.members if isinstance(member, n.Function)}
        for field in fields:
            writer.kinds.fields[bit, field.name] = writer.kinds.annotated(field.annotation)
            basic = field.annotation.name if isinstance(field.annotation, n.Name) else ""
            is_basic = basic in k.ANNOTATIONS and basic not in writer.kinds.shadowed
            writer.setters[bit, field.name] = (writer.setter_name(struct.name, field.name), basic if is_basic else "")
        if not any(field.name.startswith("_") for field in fields):
            own, received = {field.name for field in fields}, _received(program, struct.name)
            writer.members[bit] = frozenset((names | own | received) - (own & received))
            writer.received |= own & received


def _received_elsewhere(program: n.Program, structs: dict[str, int]) -> set[str]:
    """Return the names of the receiver functions on types that are no struct of this text."""
    return {
        s.name for s in everything(program.body)
        if isinstance(s, n.Function) and s.receiver is not None
        if not all(isinstance(kind, n.Name) and kind.name in structs for kind in _receiving(s.receiver))
    }  # fmt: skip


def _receiving(receiver: n.Parameter) -> tuple[n.Expression | None, ...]:
    return receiver.annotation.stages if isinstance(receiver.annotation, n.Pipe) else (receiver.annotation,)


def _received(program: n.Program, struct: str) -> set[str]:
    """Return the names of the receiver functions of a struct in this text."""
    return {
        statement.name
        for statement in program.body
        if isinstance(statement, n.Function) and statement.receiver is not None
        for kind in _receiving(statement.receiver)
        if isinstance(kind, n.Name) and kind.name == struct
    }
