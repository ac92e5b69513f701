"""The state of one check: where in the program it is, what names it has met, what is left to compare at the end.

The rules live beside it: `expressions`, `statements`, `definitions` and `pipelines` have one function for each node
class, `resolve` says what a closing scope does with its names, `members` and `calls` compare uses with definitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from dana_grammar.check.known_names import is_hidden
from dana_grammar.check.resolve import close_scope
from dana_grammar.check.scopes import Binding, Purpose, Redefinition, Scope, Use
from dana_grammar.check.uses import check_thrown_away
from dana_grammar.statements import Break, Continue, ExpressionStatement, Raise, Return

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_grammar.check.members import PendingInterface, PendingMember
    from dana_grammar.check.report import Report
    from dana_grammar.check.scopes import BindingKind, Payload, ScopeKind
    from dana_grammar.expressions import Expression, Node
    from dana_grammar.span import Span
    from dana_grammar.statements import Agent, Block, Function, Interface, Struct

Handler: TypeAlias = "Callable[[Checker, Any], None]"

ENDING: dict[type, str] = {Return: "return", Raise: "raise", Break: "break", Continue: "continue"}
"""Statements after which their block never goes on, and their word."""


class Checker:
    """One walk over one program."""

    __slots__ = (
        "answered", "block", "blocks", "called_members", "function_names", "guarded", "handlers", "interfaces",
        "known", "loop", "loops", "members", "open", "order", "placeholder", "receivers", "report", "scope", "types",
        "undefined",
    )  # fmt: skip

    def __init__(self, report: Report, known: frozenset[str], handlers: Mapping[type, Handler]) -> None:
        self.report = report
        self.known = known
        self.handlers = handlers
        self.scope = Scope("program", None)
        self.order = 0
        self.loop = 0
        """The outermost loop of the current function, 0 outside loops."""
        self.loops = 0
        """How many loops `break` could leave here."""
        self.block = 0
        self.blocks = 0
        self.placeholder = 0
        """Above 0 where `$$` has a value."""
        self.guarded = 0
        """Above 0 inside a `try` that catches errors of names and types."""
        self.answered = False
        """True when the current pipeline block has an output or return."""
        self.open = False
        """True after `from m import *`: any name may exist."""
        self.called_members: set[str] = set()
        self.function_names: set[str] = set()
        self.receivers: dict[str, dict[str, Function]] = {}
        self.types: dict[str, Struct | Agent | Interface] = {}
        self.members: list[PendingMember] = []
        self.interfaces: list[PendingInterface] = []
        self.undefined: set[tuple[str, int]] = set()

    def visit(self, node: Node) -> None:
        """Check a node and what is inside it."""
        self.handlers[type(node)](self, node)

    def visit_all(self, nodes: tuple[Node, ...]) -> None:
        """Check several nodes in order."""
        handlers = self.handlers
        for node in nodes:
            handlers[type(node)](self, node)

    def read(self, name: str, span: Span, purpose: Purpose = Purpose.READ, payload: Payload = None) -> None:
        """Note that `name` is looked up here."""
        self.order += 1
        if name.startswith("_"):
            self.refuse_hidden(name, span)
        scope = self.scope
        scope.uses.append(Use(name, span, self.order, self.loop, purpose, payload, self.guarded > 0, scope))

    def bind(self, name: str, span: Span, kind: BindingKind, node: Node | None = None) -> Binding:
        """Note that `name` gets a value here, and return its binding, which is the first one made in this scope."""
        self.order += 1
        if name.startswith("_"):
            self.refuse_hidden(name, span)
        scope = self.scope
        binding = scope.bindings.get(name)
        if binding is not None:
            binding.count += 1
            if binding.kind == "augmented":
                binding.kind = kind
            if kind == "function" and binding.kind == "function" and binding.block == self.block:
                scope.redefinitions.append(Redefinition(name, *binding.last, span, self.order))
            binding.last = (span, self.order)
            return binding
        binding = Binding(name, span, kind, self.order, self.loop, self.block)
        binding.node = node
        scope.bindings[name] = binding
        return binding

    def assign(self, name: str, span: Span, value: Expression | None, annotation: Expression | None = None) -> None:
        """Note that `name` is assigned, with the value and the type where they are known."""
        again = name in self.scope.bindings
        binding = self.bind(name, span, "assign")
        if not again:
            binding.value, binding.annotation = value, annotation
            if self.scope.kind == "program" and name in self.known:
                self.report.add("D1008", span, f"'{name}' hides the built-in of that name from here on")

    def refuse_hidden(self, name: str, span: Span) -> None:
        """Report a name that belongs to Python's inside or to what Dana generates."""
        if is_hidden(name):
            hint = "import modules with `import`" if name == "__import__" else ""
            self.report.add("D1004", span, f"'{name}' is out of reach in Dana", hint=hint)

    def first_time(self, name: str, scope: Scope) -> bool:
        """Whether `name` was not reported as undefined in `scope` before."""
        key = (name, id(scope))
        if key in self.undefined:
            return False
        self.undefined.add(key)
        return True

    def fail(self, code: str, span: Span, message: str, hint: str = "") -> None:
        """Report what will go wrong when it runs: a warning where the program catches the error itself."""
        self.report.add(code, span, message, hint=hint, severity="warning" if self.guarded else None)

    def enter(self, kind: ScopeKind) -> Scope:
        """Open a scope inside the current one."""
        self.scope = Scope(kind, self.scope)
        return self.scope

    def leave(self) -> None:
        """Resolve the names of the current scope and return to the one around it."""
        scope = self.scope
        if scope.parent is not None:
            self.scope = scope.parent
        close_scope(self, scope)

    def function_body(self, body: Block) -> None:
        """Check a body that runs when it is called: loops and `$$` outside it do not count."""
        kept = self.loop, self.loops, self.placeholder, self.guarded
        self.loop = self.loops = self.placeholder = 0
        self.visit_block(body)
        self.loop, self.loops, self.placeholder, self.guarded = kept

    def visit_block(self, body: Block) -> None:
        """Check statements in order; what stands after one that never goes on is unreachable."""
        outer, self.blocks = self.block, self.blocks + 1
        self.block = self.blocks
        handlers = self.handlers
        ended = ""
        last = body[-1] if body else None
        for statement in body:
            if ended:
                self.report.add("D1202", statement.span, f"this never runs: it stands after '{ended}'")
                ended = ""
            kind = type(statement)
            handlers[kind](self, statement)
            if type(statement) is ExpressionStatement and statement is not last:
                check_thrown_away(self.report, statement)
            elif kind in ENDING:
                ended = statement.keyword if isinstance(statement, Return) else ENDING[kind]
        self.block = outer
