"""The rules for what defines a name: functions, pipelines, structs and their kin, interfaces, agents, modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.blocks import pipeline_body
from dana_grammar.check.expressions import annotation
from dana_grammar.check.parameters import bind_parameters, receiver_types, visit_parameters
from dana_grammar.check.pipelines import visit_stages
from dana_grammar.check.scopes import Purpose
from dana_grammar.expressions import Name, Pipe
from dana_grammar.statements import (
    Agent,
    DeclarativePipeline,
    Field,
    Function,
    Interface,
    InterfaceMethod,
    Module,
    PipelineBlock,
    StateBlock,
    Struct,
)

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker, Handler
    from dana_grammar.check.members import Subject
    from dana_grammar.check.scopes import BindingKind
    from dana_grammar.expressions import Expression
    from dana_grammar.span import Span
    from dana_grammar.statements import Member


def function(checker: Checker, node: Function) -> None:
    """A function or a receiver function; the name exists after its decorators and defaults were read."""
    _outside(checker, node)
    checker.function_names.add(node.name)
    if node.receiver is None:
        checker.bind(node.name, node.name_span, "function", node)
    else:
        for type_ in receiver_types(node.receiver):
            checker.receivers.setdefault(type_, {})[node.name] = node
        checker.bind(node.name, node.name_span, "receiver", node).used = True
    _body(checker, node, None)


def method(checker: Checker, node: Function, owner: Subject) -> None:
    """A function inside a type: its name is a member, its first parameter the value."""
    _outside(checker, node)
    checker.refuse_hidden(node.name, node.name_span)
    _body(checker, node, owner)


def _outside(checker: Checker, node: Function) -> None:
    checker.visit_all(node.decorators)
    parameters = node.parameters if node.receiver is None else (node.receiver, *node.parameters)
    visit_parameters(checker, parameters)
    if node.returns is not None:
        annotation(checker, node.returns)


def _body(checker: Checker, node: Function, owner: Subject | None) -> None:
    checker.enter("function")
    parameters = node.parameters if node.receiver is None else (node.receiver, *node.parameters)
    bind_parameters(checker, parameters)
    receiver = checker.scope.bindings.get(node.receiver.name) if node.receiver is not None else None
    if receiver is not None:
        receiver.node = None  # a call has chosen the receiver by its type: unlike a parameter's, it is certain
    this = checker.scope.bindings.get("self") if parameters and parameters[0].name == "self" else None
    if owner is not None and node.receiver is None and this is not None:
        this.kind, this.node = "self", owner
    checker.function_body(node.body)
    checker.leave()


def declarative_pipeline(checker: Checker, node: DeclarativePipeline) -> None:
    """`def p(x) = a | b`."""
    checker.function_names.add(node.name)
    checker.visit_all(node.decorators)
    visit_parameters(checker, node.parameters)
    if node.returns is not None:
        annotation(checker, node.returns)
    checker.bind(node.name, node.name_span, "function", node)
    pipeline_value(checker, node)


def pipeline_value(checker: Checker, node: DeclarativePipeline) -> None:
    """The stages of a declared pipeline, with its parameters and captures in a scope of their own."""
    checker.enter("declared")
    bind_parameters(checker, node.parameters)
    kept = checker.loop, checker.guarded
    checker.loop = checker.guarded = 0
    stages = node.value.stages if type(node.value) is Pipe else (node.value,)
    visit_stages(checker, stages, declared=True)
    checker.loop, checker.guarded = kept
    checker.leave()


def struct(checker: Checker, node: Struct) -> None:
    """`struct`, `resource`, `workflow`, `agent_blueprint`."""
    checker.visit_all(node.decorators)
    _bind_type(checker, node, node.name, node.name_span)
    if node.base is not None:
        _refuse_base(checker, node, node.base)
    for interface_name in node.implements:
        checker.read(interface_name.name, interface_name.span, Purpose.INTERFACE, node)
    visit_members(checker, node.members, node)


def _bind_type(checker: Checker, node: Struct | Agent | Interface, name: str, span: Span) -> None:
    kind: BindingKind = "struct" if type(node) is Struct else "agent" if type(node) is Agent else "interface"
    existing = checker.scope.bindings.get(name)
    if existing is not None and existing.kind in ("struct", "agent", "interface") and existing.block == checker.block:
        # `agent Helen` written again, in a file made of several sessions, is a new agent of that name.
        checker.report.add(
            "D1114", span, f"'{name}' is defined twice", severity="warning" if kind == "agent" else None,
            related=((existing.span, "the first definition"),),
        )  # fmt: skip
    checker.types.setdefault(name, node)
    checker.bind(name, span, kind, node)


def _refuse_base(checker: Checker, node: Struct, base: Expression) -> None:
    shown = base.name if isinstance(base, Name) else "Base"
    field = f"_{shown[:1].lower()}{shown[1:]}: {shown}"
    checker.report.add(
        "D1110", base.span, f"{node.kind} '{node.name}' cannot inherit: Dana embeds instead",
        hint=f"write a field `{field}`; it lends its fields and methods",
    )  # fmt: skip
    checker.visit(base)


def visit_members(checker: Checker, members: tuple[Member, ...], owner: Subject) -> None:
    """Check fields, state, methods and pipelines, and that no member stands twice."""
    seen: dict[str, Span] = {}
    for one in members:
        if type(one) is Field:
            _field(checker, one, seen, owner)
        elif type(one) is StateBlock:
            for inner in one.fields:
                _field(checker, inner, seen, owner)
        elif type(one) is Function:
            _unique(checker, one.name, one.name_span, seen, "D1113", f"method '{one.name}'")
            method(checker, one, owner)
        elif type(one) is DeclarativePipeline or type(one) is PipelineBlock:
            _unique(checker, one.name, one.name_span, seen, "D1113", f"pipeline '{one.name}'")
            _inner_pipeline(checker, one, owner)


def _inner_pipeline(checker: Checker, node: DeclarativePipeline | PipelineBlock, owner: Subject) -> None:
    if type(node) is PipelineBlock:
        checker.visit_all(node.decorators)
        pipeline_body(checker, node, owner)
    elif type(node) is DeclarativePipeline:
        checker.visit_all(node.decorators)
        visit_parameters(checker, node.parameters)
        pipeline_value(checker, node)


def _field(checker: Checker, node: Field, seen: dict[str, Span], owner: Subject) -> None:
    _unique(checker, node.name, node.span, seen, "D1111", f"field '{node.name}' of '{owner.name}'")
    checker.refuse_hidden(node.name, node.span)
    if node.annotation is not None:
        annotation(checker, node.annotation)
    if node.default is not None:
        checker.visit(node.default)


def _unique(checker: Checker, name: str, span: Span, seen: dict[str, Span], code: str, what: str) -> None:
    if name in seen:
        checker.report.add(code, span, f"{what} is defined twice", related=((seen[name], "the first definition"),))
    else:
        seen[name] = span


def interface(checker: Checker, node: Interface) -> None:
    """`interface I:`."""
    _bind_type(checker, node, node.name, node.name_span)
    for one in node.members:
        if type(one) is InterfaceMethod:
            visit_parameters(checker, one.parameters)
            if one.returns is not None:
                annotation(checker, one.returns)
        elif type(one) is Name:
            checker.read(one.name, one.span, Purpose.INTERFACE, None)


def agent(checker: Checker, node: Agent) -> None:
    """`agent N`, `agent N(B)`, `agent N:`."""
    checker.visit_all(node.decorators)
    if node.blueprint is not None:
        checker.visit(node.blueprint)
    _bind_type(checker, node, node.name, node.name_span)
    visit_members(checker, node.members, node)


def module(checker: Checker, node: Module) -> None:
    """`module M:` has names of its own."""
    checker.visit_all(node.decorators)
    checker.bind(node.name, node.name_span, "module", node)
    checker.enter("module")
    checker.visit_block(node.body)
    checker.leave()


DEFINITIONS: dict[type, Handler] = {
    Function: function, DeclarativePipeline: declarative_pipeline, Struct: struct, Interface: interface, Agent: agent,
    Module: module,
}  # fmt: skip
