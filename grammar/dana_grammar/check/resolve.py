"""What happens when a scope closes: each name that was looked up meets its definition, or goes one scope out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_grammar.check.calls import check_call
from dana_grammar.check.known_names import ALLOWED_DUNDERS, HABITS, REFUSED, TYPE_NAMES, is_hidden
from dana_grammar.check.members import PendingInterface, PendingMember
from dana_grammar.check.poet_options import check_options
from dana_grammar.check.scopes import MemberUse, Purpose
from dana_grammar.expressions import Call, Lambda, Name, Parameter
from dana_grammar.statements import Agent, DeclarativePipeline, Function, Interface, Struct

if TYPE_CHECKING:
    from dana_grammar.check.checker import Checker
    from dana_grammar.check.scopes import Binding, Scope, Use
    from dana_grammar.errors import Severity

CALLABLE = (Function, DeclarativePipeline, Struct, Agent)
LOCAL_KINDS = frozenset({"function", "pipeline", "feedback", "declared", "run"})


def close_scope(checker: Checker, scope: Scope) -> None:
    """Resolve every name that was looked up in `scope`; report what was bound for nothing."""
    bindings, outer = scope.bindings, scope.parent
    for use in scope.uses:  # grows while a name leads to another, such as a value to its struct
        binding = bindings.get(use.name)
        if binding is not None:
            binding.used = True
            if binding.order > use.order and use.purpose <= Purpose.MEMBER:
                _check_order(checker, scope, use, binding)
            if use.purpose:
                _RESOLVED[use.purpose](checker, scope, use, binding)
        elif outer is not None:
            scope.pass_on(use, outer)
        else:
            _unresolved(checker, use)
    if scope.redefinitions:
        _report_redefinitions(checker, scope)
    if scope.kind in LOCAL_KINDS:
        _report_unused(checker, scope)


def _check_order(checker: Checker, scope: Scope, use: Use, binding: Binding) -> None:
    """Report a name that is surely read before it gets its value."""
    same_loop = use.loop and use.loop == binding.loop and binding.kind != "augmented"
    if use.origin.home is not scope.home or same_loop:
        return
    if binding.kind == "capture":
        checker.report.add(
            "D1301", use.span, f"the capture '{use.name}' is read before its stage has run",
            related=((binding.span, "it is made here"),),
        )  # fmt: skip
    elif not use.guarded and not (scope.kind == "program" and use.name in checker.known):
        _report_early(checker, scope, use, binding)


def _report_early(checker: Checker, scope: Scope, use: Use, binding: Binding) -> None:
    outer = scope.parent
    assigned = binding.kind in ("assign", "augmented")
    shared = assigned and outer is not None and use.name in outer.visible()
    hint = f"assignments in a function are local to it; to change a shared value write `private:{use.name}`"
    checker.report.add(
        "D1002", use.span, f"'{use.name}' is read before it gets a value here", hint=hint if shared else "",
        related=((binding.span, f"'{use.name}' gets its value here"),),
    )  # fmt: skip


def _nothing(_checker: Checker, _scope: Scope, _use: Use, _binding: Binding) -> None:
    """Such a look-up needs no more than that the name exists."""


def _resolved_call(checker: Checker, _scope: Scope, use: Use, binding: Binding) -> None:
    node = binding.node
    if binding.count == 1 and binding.kind != "receiver" and isinstance(node, CALLABLE):
        assert isinstance(use.payload, Call)
        stage = use.purpose is Purpose.STAGE
        check_call(checker.report, node, use.payload, stage=stage, guarded=use.guarded)


def _resolved_member(checker: Checker, scope: Scope, use: Use, binding: Binding) -> None:
    """Find out whose member it is, when that is certain."""
    assert isinstance(use.payload, MemberUse)
    if binding.count != 1:
        return
    if isinstance(binding.node, Agent):
        checker.members.append(PendingMember(binding.node, use.payload, "warning"))
    elif binding.kind == "self" and isinstance(binding.node, Struct):
        _pend(checker, use, binding.node)
    elif isinstance(binding.annotation, Name):
        member = use.payload._replace(certain=not isinstance(binding.node, Parameter))
        scope.uses.append(use._replace(name=binding.annotation.name, purpose=Purpose.INSTANCE, payload=member))
    elif binding.annotation is None and isinstance(binding.value, Call) and isinstance(binding.value.function, Name):
        scope.uses.append(use._replace(name=binding.value.function.name, purpose=Purpose.INSTANCE))


def _resolved_instance(checker: Checker, _scope: Scope, use: Use, binding: Binding) -> None:
    if binding.count == 1 and isinstance(binding.node, Struct):
        _pend(checker, use, binding.node)


def _pend(checker: Checker, use: Use, subject: Struct) -> None:
    assert isinstance(use.payload, MemberUse)
    certain = subject.kind == "struct" and use.payload.certain and not use.guarded
    checker.members.append(PendingMember(subject, use.payload, "error" if certain else "warning"))


def _resolved_interface(checker: Checker, _scope: Scope, use: Use, binding: Binding) -> None:
    if isinstance(binding.node, Interface) and binding.count == 1:
        if isinstance(use.payload, Struct):
            checker.interfaces.append(PendingInterface(use.payload, binding.node, use.span))
    elif binding.kind in ("struct", "function", "agent"):
        checker.report.add("D1116", use.span, f"'{use.name}' is no interface")


def _resolved_persist(checker: Checker, scope: Scope, use: Use, binding: Binding) -> None:
    """A name of a pipeline that its feedback handler reads has to be saved with the handler."""
    if scope.kind != "pipeline" or binding.kind == "self" or binding.count != 1:
        return
    what = ""
    if binding.kind in ("function", "struct", "interface", "agent", "pipeline"):
        what = f"a {'function' if binding.kind == 'function' else binding.kind}"
    elif isinstance(binding.value, Lambda):
        what = "a lambda"
    elif isinstance(binding.value, Call) and _holds_lambda(binding.value):
        what = "a value that holds a lambda"
    if what:
        checker.report.add(
            "D1207", use.span, f"'{use.name}' is {what}, which cannot be saved until the feedback comes",
            hint="define it outside the pipeline, or save plain data",
            related=((binding.span, f"'{use.name}' is made here"),),
        )  # fmt: skip


def _holds_lambda(call: Call) -> bool:
    values = [getattr(argument, "value", argument) for argument in call.arguments]
    by_name = isinstance(call.function, Name) and call.function.name[:1].isupper()
    return by_name and any(isinstance(value, Lambda) for value in values)


_RESOLVED = {
    Purpose.TYPE: _nothing, Purpose.CALL: _resolved_call, Purpose.STAGE: _resolved_call,
    Purpose.MEMBER: _resolved_member, Purpose.INSTANCE: _resolved_instance, Purpose.INTERFACE: _resolved_interface,
    Purpose.PERSIST: _resolved_persist, Purpose.EXPORT: _nothing,
}  # fmt: skip


def _unresolved(checker: Checker, use: Use) -> None:
    name, purpose = use.name, use.purpose
    if purpose >= Purpose.INSTANCE:
        return
    if name in checker.known:
        if name == "poet" and isinstance(use.payload, Call):
            check_options(checker.report, use.payload)
        return
    if purpose is Purpose.TYPE:
        _unknown_type(checker, use)
    elif purpose is Purpose.INTERFACE:
        _unknown_interface(checker, use)
    elif name in REFUSED:
        _refused(checker, use)
    elif not checker.open and not is_hidden(name) and name not in ALLOWED_DUNDERS:
        _undefined(checker, use)


def _unknown_type(checker: Checker, use: Use) -> None:
    if use.name not in TYPE_NAMES and not checker.open:
        candidates = checker.types.keys() | TYPE_NAMES
        hint = checker.report.did_you_mean(use.name, candidates)
        checker.report.add("D1005", use.span, f"no type '{use.name}' is defined here; it is taken as any", hint=hint)


def _unknown_interface(checker: Checker, use: Use) -> None:
    if not checker.open:
        hint = checker.report.did_you_mean(use.name, checker.types)
        checker.report.add("D1116", use.span, f"no interface '{use.name}' is defined here", hint=hint)


def _refused(checker: Checker, use: Use) -> None:
    reason, instead = REFUSED[use.name]
    if use.name == "__import__":
        return  # the double underscore was reported already
    severity: Severity = "warning" if checker.open or use.guarded else "error"
    checker.report.add("D1003", use.span, f"Dana has no '{use.name}': {reason}", hint=instead, severity=severity)


def _undefined(checker: Checker, use: Use) -> None:
    """Report an undefined name once in each function."""
    if not checker.first_time(use.name, use.origin.home):
        return
    hint = HABITS.get(use.name, "")
    hint = hint or checker.report.did_you_mean(use.name, use.origin.visible() | checker.known)
    severity: Severity = "warning" if use.guarded else "error"
    checker.report.add("D1001", use.span, f"'{use.name}' is not defined", hint=hint, severity=severity)


def _report_redefinitions(checker: Checker, scope: Scope) -> None:
    """Report a function that is defined again before anybody used it."""
    for again in scope.redefinitions:
        used = any(use.name == again.name and again.first_order < use.order < again.again_order for use in scope.uses)
        if not used:
            checker.report.add(
                "D1113", again.again, f"function '{again.name}' is defined twice; this one replaces the first",
                related=((again.first, "the first definition"),),
            )  # fmt: skip


def _report_unused(checker: Checker, scope: Scope) -> None:
    for binding in scope.bindings.values():
        if binding.kind == "assign" and not binding.used and not binding.name.startswith("_"):
            checker.report.add(
                "D1007", binding.span, f"'{binding.name}' gets a value that nothing reads",
                hint=f"start its name with `_` when that is meant: `_{binding.name}`",
            )  # fmt: skip
        elif binding.kind == "capture" and not binding.used and not binding.name.startswith("_"):
            checker.report.add("D1304", binding.span, f"nothing reads the capture '{binding.name}'")
