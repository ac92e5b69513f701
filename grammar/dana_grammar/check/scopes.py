"""Names and where they live: a scope keeps what it binds and what it reads; reads are resolved when it closes.

Resolving at the end makes one walk enough: functions may use module names that come later, and a call can be
compared with a definition that stands below it.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from dana_grammar.expressions import Attribute, Call, Expression, Node
    from dana_grammar.span import Span

ScopeKind: TypeAlias = Literal[
    "program", "module", "function", "lambda", "comprehension", "declared", "run", "pipeline", "feedback"
]
BindingKind: TypeAlias = Literal[
    "assign", "augmented", "unpack", "loop", "with", "except", "match", "import", "parameter", "self", "capture", "function",
    "receiver", "pipeline", "struct", "agent", "interface", "module",
]  # fmt: skip

IMMEDIATE: frozenset[ScopeKind] = frozenset({"module", "comprehension", "run"})
"""Scopes whose text runs where it stands, so that the order of reads and assignments means something outside too."""


class Purpose(IntEnum):
    """Why a name is looked up. Those up to MEMBER read its value where they stand."""

    READ = 0
    CALL = 1
    STAGE = 2
    MEMBER = 3
    TYPE = 4
    INTERFACE = 5
    INSTANCE = 6
    PERSIST = 7
    EXPORT = 8


class MemberUse(NamedTuple):
    """`value.name` where the value is a name: read, called (`call`) or assigned (`store`)."""

    node: Attribute
    call: Call | None
    store: bool
    certain: bool = True


Payload: TypeAlias = "Call | MemberUse | Node | None"


class Use(NamedTuple):
    """One look-up of a name; `guarded` where a `try` around it catches the error, `loop` the outermost loop."""

    name: str
    span: Span
    order: int
    loop: int
    purpose: Purpose
    payload: Payload
    guarded: bool
    origin: Scope


class Binding:
    """A name in a scope. `count` tells how often it is bound; the other fields describe the first time.

    `last` is where and when the name was bound most recently.
    """

    __slots__ = (
        "annotation", "block", "count", "kind", "last", "loop", "name", "node", "order", "span", "used", "value",
    )  # fmt: skip

    def __init__(self, name: str, span: Span, kind: BindingKind, order: int, loop: int, block: int) -> None:
        self.name = name
        self.span = span
        self.kind = kind
        self.order = order
        self.last = (span, order)
        self.loop = loop
        self.block = block
        self.count = 1
        self.used = False
        self.node: Node | None = None
        self.value: Expression | None = None
        self.annotation: Expression | None = None


class Redefinition(NamedTuple):
    """A function defined again in the same block."""

    name: str
    first: Span
    first_order: int
    again: Span
    again_order: int


class Scope:
    """One lexical scope. `home` is the scope whose text runs in one go with this one's."""

    __slots__ = ("bindings", "home", "kind", "parent", "redefinitions", "uses")

    def __init__(self, kind: ScopeKind, parent: Scope | None) -> None:
        self.kind = kind
        self.parent = parent
        self.home: Scope = self if parent is None or kind not in IMMEDIATE else parent.home
        self.bindings: dict[str, Binding] = {}
        self.uses: list[Use] = []
        self.redefinitions: list[Redefinition] = []

    def visible(self) -> set[str]:
        """Return every name that can be read here, without the host's own."""
        names: set[str] = set()
        scope: Scope | None = self
        while scope is not None:
            names.update(scope.bindings)
            scope = scope.parent
        return names

    def pass_on(self, use: Use, outer: Scope) -> None:
        """Hand a name that is not bound here to the scope around this one."""
        outer.uses.append(use)
        if self.kind == "feedback" and use.purpose is not Purpose.PERSIST:
            outer.uses.append(use._replace(purpose=Purpose.PERSIST))
