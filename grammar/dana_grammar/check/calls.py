"""Comparison of calls with definitions in the same text: arguments, keywords, literals of a wrong type."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dana_grammar.check.known_names import SUBJECT_FIELDS
from dana_grammar.check.literals import UNKNOWN, can_be_field, can_become, literal, shown, type_text
from dana_grammar.check.poet_options import name_span
from dana_grammar.expressions import Call, Keyword, Name, Placeholder, Starred
from dana_grammar.statements import Agent, DeclarativePipeline, Field, Function, StateBlock, Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_grammar.check.report import Report
    from dana_grammar.errors import Severity
    from dana_grammar.expressions import Expression, Parameter
    from dana_grammar.span import Span
    from dana_grammar.statements import Decorators

Target: TypeAlias = "Function | DeclarativePipeline | Struct | Agent"

TRANSPARENT = frozenset({"poet", "log_calls", "log_with_prefix", "repeat", "validate_args"})
"""Decorators that leave the parameters of a function as they are."""


class Slot(NamedTuple):
    """A parameter or field that a call can fill."""

    name: str
    annotation: Expression | None
    required: bool


class Signature(NamedTuple):
    """What a call may give: slots by position, further ones by keyword, and whether it may give more."""

    name: str
    span: Span
    slots: tuple[Slot, ...]
    by_keyword: tuple[Slot, ...]
    more_values: bool
    more_keywords: bool
    fields: str
    """The kind of type whose fields the slots are; empty for functions."""
    converts: bool = False
    """Whether `@poet` may turn an argument into what the parameter takes."""


class Problem(NamedTuple):
    """One thing that does not fit."""

    code: str
    span: Span
    message: str
    hint: str = ""
    severity: Severity | None = None


def has_signature(node: Target) -> bool:
    """Whether the definition alone tells what a call may give."""
    if isinstance(node, Struct) and (node.base is not None or any(_is_init(one) for one in node.members)):
        return False
    return all(_is_transparent(decorator) for decorator in node.decorators)


def _is_init(member: object) -> bool:
    return isinstance(member, Function) and member.name == "__init__"


def _is_transparent(decorator: Expression) -> bool:
    plain = decorator.function if isinstance(decorator, Call) else decorator
    return isinstance(plain, Name) and plain.name in TRANSPARENT


def _is_poet(decorators: Decorators) -> bool:
    plain = [one.function if isinstance(one, Call) else one for one in decorators]
    return any(isinstance(one, Name) and one.name == "poet" for one in plain)


def check_call(report: Report, node: Target, call: Call, *, stage: bool, guarded: bool, bound: int = 0) -> None:
    """Report what does not fit. A stage may get the value that flows first; `bound` parameters are given already."""
    if not has_signature(node):
        return
    signature = _signature(node, bound)
    problems = _problems(report, signature, call, flows=stage and not _places_value(call))
    if stage and problems and not _problems(report, signature, call, flows=False):
        return
    for problem in problems:
        severity: Severity | None = "warning" if guarded else problem.severity
        report.add(
            problem.code, problem.span, problem.message, hint=problem.hint, severity=severity,
            related=((signature.span, f"'{signature.name}' is defined here"),),
        )  # fmt: skip


def _places_value(call: Call) -> bool:
    return any(type(getattr(one, "value", one)) is Placeholder for one in call.arguments)


def _signature(node: Target, bound: int) -> Signature:
    if isinstance(node, (Struct, Agent)):
        kind = "agent" if isinstance(node, Agent) or node.kind == "agent_blueprint" else node.kind
        slots = tuple(Slot(one.name, one.annotation, _must_give(one, kind)) for one in _fields(node))
        return Signature(node.name, node.name_span, slots, (), more_values=False, more_keywords=False, fields=kind)
    return _of_parameters(node, node.parameters[bound:])


def _must_give(field: Field, kind: str) -> bool:
    return kind == "struct" and field.default is None


def _fields(node: Struct | Agent) -> Iterator[Field]:
    for one in node.members:
        if isinstance(one, Field):
            yield one
        elif isinstance(one, StateBlock):
            yield from one.fields


def _of_parameters(node: Function | DeclarativePipeline, parameters: tuple[Parameter, ...]) -> Signature:
    slots: list[Slot] = []
    by_keyword: list[Slot] = []
    target = slots
    for one in parameters:
        if one.kind == "plain":
            target.append(Slot(one.name, one.annotation, one.default is None))
        elif one.kind != "kwargs":
            target = by_keyword
    kinds = {one.kind for one in parameters}
    return Signature(
        node.name, node.name_span, tuple(slots), tuple(by_keyword),
        more_values="args" in kinds, more_keywords="kwargs" in kinds, fields="", converts=_is_poet(node.decorators),
    )  # fmt: skip


def _problems(report: Report, signature: Signature, call: Call, *, flows: bool) -> list[Problem]:
    """Return what does not fit, at most one for each argument and one for all that are missing."""
    found: list[Problem] = []
    filled: set[str] = {signature.slots[0].name} if flows and signature.slots else set()
    index = int(flows)
    spread = False
    for argument in call.arguments:
        if isinstance(argument, Keyword):
            spread = spread or not argument.name
            found += _keyword_problems(report, signature, argument, filled)
        elif isinstance(argument, Starred):
            spread = True
        else:
            if index < len(signature.slots):
                filled.add(signature.slots[index].name)
                found += _literal_problems(signature, signature.slots[index], argument)
            index += 1
    if index > len(signature.slots) and not signature.more_values and not spread:
        found.append(_too_many(signature, call, index, flows=flows))
    if not spread:
        found += _missing(signature, call, filled)
    return found


def _keyword_problems(report: Report, signature: Signature, keyword: Keyword, filled: set[str]) -> list[Problem]:
    if not keyword.name:
        return []
    slots = {slot.name: slot for slot in (*signature.slots, *signature.by_keyword)}
    if keyword.name in filled:
        what = "field" if signature.fields else "parameter"
        return [Problem("D1104", name_span(keyword), f"'{signature.name}' gets its {what} '{keyword.name}' twice")]
    filled.add(keyword.name)
    if keyword.name in slots:
        return _literal_problems(signature, slots[keyword.name], keyword.value)
    if signature.more_keywords or keyword.name in SUBJECT_FIELDS.get(signature.fields, ()):
        return []
    hint = report.did_you_mean(keyword.name, slots)
    if not signature.fields:
        message = f"'{signature.name}' has no parameter '{keyword.name}'"
        return [Problem("D1103", name_span(keyword), message, hint)]
    message = f"{signature.fields} '{signature.name}' has no field '{keyword.name}'"
    severity: Severity = "error" if signature.fields == "struct" else "warning"
    return [Problem("D1109", name_span(keyword), message, hint, severity)]


def _literal_problems(signature: Signature, slot: Slot, value: Expression) -> list[Problem]:
    worth = literal(value)
    if slot.annotation is None or worth is UNKNOWN or signature.converts:
        return []
    fits = can_be_field if signature.fields else can_become
    if fits(worth, slot.annotation):
        return []
    what = "field" if signature.fields else "parameter"
    wanted = f"{what} '{slot.name}' of '{signature.name}' takes {type_text(slot.annotation)}"
    return [Problem("D1105", value.span, f"{wanted}, not {shown(value)}")]


def _too_many(signature: Signature, call: Call, given: int, *, flows: bool) -> Problem:
    count = len(signature.slots)
    what = "field" if signature.fields else "argument"
    takes = f"{count} {what}{'' if count == 1 else 's'}" if count else f"no {what}s"
    including = ", the value that flows included" if flows else ""
    positional = [one for one in call.arguments if not isinstance(one, Keyword)]
    extra = positional[count - given :][0] if given - count <= len(positional) else call
    return Problem(
        "D1101",
        extra.span,
        f"'{signature.name}' takes {takes}; {given} {'is' if given == 1 else 'are'} given{including}",
    )


def _missing(signature: Signature, call: Call, filled: set[str]) -> list[Problem]:
    slots = (*signature.slots, *signature.by_keyword)
    names = [f"'{slot.name}'" for slot in slots if slot.required and slot.name not in filled]
    if not names:
        return []
    what = "field" if signature.fields else "argument"
    message = f"'{signature.name}' needs its {what}{'' if len(names) == 1 else 's'} {', '.join(names)}"
    return [Problem("D1108" if signature.fields else "D1102", call.span, message)]
