"""Comparison of members with types: a field that a struct does not have, an interface that it does not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dana_grammar.check.calls import check_call, has_signature
from dana_grammar.check.known_names import SUBJECT_FIELDS, is_hidden
from dana_grammar.expressions import Name
from dana_grammar.statements import (
    Agent,
    DeclarativePipeline,
    Field,
    Function,
    Interface,
    InterfaceMethod,
    PipelineBlock,
    StateBlock,
    Struct,
)

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker
    from dana_grammar.check.scopes import MemberUse
    from dana_grammar.errors import Severity
    from dana_grammar.span import Span
    from dana_grammar.statements import Member

Subject: TypeAlias = "Struct | Agent"


class PendingMember(NamedTuple):
    """A member that is used on a value whose type is known."""

    subject: Subject
    use: MemberUse
    severity: Severity


class PendingInterface(NamedTuple):
    """`struct` says that it implements `interface`."""

    struct: Struct
    interface: Interface
    span: Span


class Members:
    """What a type has: its members by name, None for those that are no function; `open` when there may be more."""

    __slots__ = ("by_name", "open")

    def __init__(self) -> None:
        self.by_name: dict[str, Function | None] = {}
        self.open = False


def check_members(checker: Checker) -> None:
    """Compare everything that was put off until all types and receivers are known."""
    known: dict[int, Members] = {}
    for pending in checker.members:
        members = known.get(id(pending.subject))
        if members is None:
            members = known[id(pending.subject)] = members_of(checker, pending.subject, ())
        _check_member(checker, pending, members)
    for promise in checker.interfaces:
        _check_interface(checker, promise)


def _check_member(checker: Checker, pending: PendingMember, members: Members) -> None:
    node, call = pending.use.node, pending.use.call
    if node.name in members.by_name:
        method = members.by_name[node.name]
        if call is not None and method is not None and has_signature(method):
            inside = method.receiver is None
            check_call(
                checker.report, method, call, stage=False, guarded=pending.severity == "warning", bound=int(inside)
            )
    elif not members.open and not _is_function(checker, node.name, called=call is not None):
        _report_unknown(checker, pending, members)


def _is_function(checker: Checker, name: str, *, called: bool) -> bool:
    """Whether `x.name(...)` may be the call `name(x, ...)`, or a member that another module adds."""
    if is_hidden(name):
        return True  # reported as such
    if checker.open:
        return True
    return called and (name in checker.function_names or name in checker.known or name in checker.scope.bindings)


def _report_unknown(checker: Checker, pending: PendingMember, members: Members) -> None:
    node, subject = pending.use.node, pending.subject
    kind = "agent" if isinstance(subject, Agent) else subject.kind.replace("_", " ")
    what = "method" if pending.use.call is not None else "field"
    hint = checker.report.did_you_mean(node.name, members.by_name)
    fields = [name for name, method in members.by_name.items() if method is None and not name.startswith("_")]
    if not hint and fields and what == "field" and kind == "struct":
        hint = f"its fields are {', '.join(sorted(fields))}"
    message = f"{kind} '{subject.name}' has no {what} '{node.name}'"
    checker.report.add("D1107", node.name_span, message, hint=hint, severity=pending.severity)


def members_of(checker: Checker, subject: Subject, seen: tuple[str, ...]) -> Members:
    """Return the members of a type: its own, its receivers', those that it embeds and those of its kind."""
    found = Members()
    _own(found, subject.members)
    for receiver_type, methods in checker.receivers.items():
        if receiver_type == subject.name or _may_include(checker, receiver_type):
            found.by_name.update(methods)
    kind = "agent" if isinstance(subject, Agent) or subject.kind == "agent_blueprint" else subject.kind
    found.by_name.update({name: None for name in SUBJECT_FIELDS[kind] if name not in found.by_name})
    found.open = bool(subject.decorators) or (isinstance(subject, Struct) and subject.base is not None)
    for inner in _embedded(subject):
        _lend(checker, found, inner, (*seen, subject.name))
    return found


def _may_include(checker: Checker, receiver_type: str) -> bool:
    """Whether receivers on a type may belong to any struct: interfaces, `any`, and types of other modules."""
    return isinstance(checker.types.get(receiver_type), Interface) or receiver_type not in checker.types


def _own(found: Members, members: tuple[Member, ...]) -> None:
    for one in members:
        if isinstance(one, Field):
            found.by_name[one.name] = None
        elif isinstance(one, StateBlock):
            found.by_name.update({field.name: None for field in one.fields})
        elif isinstance(one, Function):
            found.by_name[one.name] = one
        elif isinstance(one, (DeclarativePipeline, PipelineBlock)):
            found.by_name[one.name] = None


def _embedded(subject: Subject) -> list[str]:
    """Return the names of the types whose members `subject` has too; an empty name for one that is not plain."""
    if isinstance(subject, Agent) and subject.blueprint is not None:
        return [subject.blueprint.name]
    fields = [one for one in subject.members if isinstance(one, Field) and one.name.startswith("_")]
    return [field.annotation.name if isinstance(field.annotation, Name) else "" for field in fields]


BASIC = frozenset({"int", "float", "str", "bool", "list", "dict", "tuple", "set"})


def _lend(checker: Checker, found: Members, inner: str, seen: tuple[str, ...]) -> None:
    if inner in BASIC or inner in seen:
        return
    subject = checker.types.get(inner)
    if subject is None or isinstance(subject, Interface):
        found.open = True
        return
    lent = members_of(checker, subject, seen)
    found.open = found.open or lent.open
    for name, method in lent.by_name.items():
        found.by_name.setdefault(name, method)


def _check_interface(checker: Checker, promise: PendingInterface) -> None:
    members = members_of(checker, promise.struct, ())
    if members.open or checker.open:
        return
    missing = [name for name in _required(checker, promise.interface, ()) if name not in members.by_name]
    if missing:
        listed = ", ".join(f"'{name}'" for name in missing)
        checker.report.add(
            "D1115", promise.span,
            f"{promise.struct.kind} '{promise.struct.name}' does not implement '{promise.interface.name}': "
            f"{'method' if len(missing) == 1 else 'methods'} {listed} missing",
            hint=f"add `def (self: {promise.struct.name}) {missing[0]}(...)`",
            related=((promise.interface.name_span, "the interface"),),
        )  # fmt: skip


def _required(checker: Checker, interface: Interface, seen: tuple[str, ...]) -> list[str]:
    names = [one.name for one in interface.members if isinstance(one, InterfaceMethod)]
    for one in interface.members:
        inner = checker.types.get(one.name) if isinstance(one, Name) else None
        if isinstance(inner, Interface) and inner.name not in seen:
            names += _required(checker, inner, (*seen, interface.name))
    return names
