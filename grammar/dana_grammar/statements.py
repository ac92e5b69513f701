"""The statements of Dana, all three generations of its syntax: one frozen class for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from dana_grammar.expressions import BinaryOperator, Expression, Name, Node, Parameter
from dana_grammar.span import Span  # noqa: TC001 - `typing.get_type_hints` looks for it here

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dana_grammar.node_class import dataclass

Block: TypeAlias = "tuple[Statement, ...]"
Decorators: TypeAlias = "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class ExpressionStatement(Node):
    """An expression on a line of its own; a docstring is one too."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Assign(Node):
    """`a = b = value`. Targets are names, scoped names, attributes, subscripts or displays of those."""

    targets: tuple[Expression, ...]
    value: Expression


@dataclass(frozen=True, slots=True)
class TypedAssign(Node):
    """`target: annotation = value`; `value` is None where only the type is declared."""

    target: Expression
    annotation: Expression
    value: Expression | None


@dataclass(frozen=True, slots=True)
class AugmentedAssign(Node):
    """`target += value`; `operator` is written without `=`."""

    target: Expression
    operator: BinaryOperator | Literal["|"]
    value: Expression


@dataclass(frozen=True, slots=True)
class Return(Node):
    """`return value` or `deliver value`."""

    value: Expression | None
    keyword: Literal["return", "deliver"] = "return"


@dataclass(frozen=True, slots=True)
class Raise(Node):
    """`raise exception from cause`."""

    exception: Expression | None
    cause: Expression | None


@dataclass(frozen=True, slots=True)
class Assert(Node):
    """`assert test, message`."""

    test: Expression
    message: Expression | None


@dataclass(frozen=True, slots=True)
class Delete(Node):
    """`del targets`."""

    targets: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Pass(Node):
    """`pass`, or `...` on a line of its own is an ExpressionStatement."""


@dataclass(frozen=True, slots=True)
class Break(Node):
    """`break`."""


@dataclass(frozen=True, slots=True)
class Continue(Node):
    """`continue`."""


@dataclass(frozen=True, slots=True)
class ModulePath(Node):
    """`a.b.py`, or `..a` with `dots` 2. `names` may be empty only after dots."""

    dots: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedName(Node):
    """`name as alias`; `alias` is empty where there is none."""

    name: str
    alias: str


@dataclass(frozen=True, slots=True)
class Import(Node):
    """`import path as alias`; `import a, b` becomes two statements."""

    path: ModulePath
    alias: str


@dataclass(frozen=True, slots=True)
class FromImport(Node):
    """`from path import names`; `star` for `*`, and then no names."""

    path: ModulePath
    names: tuple[ImportedName, ...]
    star: bool = False


@dataclass(frozen=True, slots=True)
class Export(Node):
    """`export a, b`."""

    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Branch(Node):
    """`if test:` or `elif test:` with its block."""

    test: Expression
    body: Block


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if`/`elif`/`else`: at least one branch; `otherwise` is empty where there is no else."""

    branches: tuple[Branch, ...]
    otherwise: Block


@dataclass(frozen=True, slots=True)
class While(Node):
    """`while test:` with an optional else block."""

    test: Expression
    body: Block
    otherwise: Block


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for target in iterable:` with an optional else block."""

    target: Expression
    iterable: Expression
    body: Block
    otherwise: Block


@dataclass(frozen=True, slots=True)
class WithItem(Node):
    """`value as target`."""

    value: Expression
    target: Expression | None


@dataclass(frozen=True, slots=True)
class With(Node):
    """`with items:`."""

    items: tuple[WithItem, ...]
    body: Block


@dataclass(frozen=True, slots=True)
class Handler(Node):
    """`except type as name:`; both optional, `except as e:` included. `name` is empty where there is none."""

    type: Expression | None
    name: str
    body: Block


@dataclass(frozen=True, slots=True)
class Try(Node):
    """`try` with handlers, else and finally; absent blocks are empty."""

    body: Block
    handlers: tuple[Handler, ...]
    otherwise: Block
    final: Block


@dataclass(frozen=True, slots=True)
class ValuePattern(Node):
    """A literal or dotted name in a `case`."""

    value: Expression


@dataclass(frozen=True, slots=True)
class CapturePattern(Node):
    """A name that takes whatever stands there; `_` takes it and binds nothing."""

    name: str


@dataclass(frozen=True, slots=True)
class StarPattern(Node):
    """`*rest` in a sequence pattern; `*_` binds nothing."""

    name: str


@dataclass(frozen=True, slots=True)
class SequencePattern(Node):
    """`[a, b]`, `(a, b)` or `a, b`; `bracket` is `[`, `(` or empty."""

    items: tuple[Pattern, ...]
    bracket: Literal["[", "(", ""]


@dataclass(frozen=True, slots=True)
class MappingPattern(Node):
    """`{key: pattern, **rest}`; `keys` and `patterns` have one length, `rest` is empty where there is none."""

    keys: tuple[Expression, ...]
    patterns: tuple[Pattern, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class ClassPattern(Node):
    """`Point(0, y=yy)`: `names` and `keyword_patterns` have one length."""

    type: Expression
    positional: tuple[Pattern, ...]
    names: tuple[str, ...]
    keyword_patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class OrPattern(Node):
    """`a | b`."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class AsPattern(Node):
    """`pattern as name`."""

    pattern: Pattern
    name: str


Pattern: TypeAlias = (
    ValuePattern | CapturePattern | StarPattern | SequencePattern | MappingPattern | ClassPattern | OrPattern
    | AsPattern
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MatchCase(Node):
    """`case pattern if guard:`."""

    pattern: Pattern
    guard: Expression | None
    body: Block


@dataclass(frozen=True, slots=True)
class Match(Node):
    """`match subject:`."""

    subject: Expression
    cases: tuple[MatchCase, ...]


@dataclass(frozen=True, slots=True)
class Function(Node):
    """`def`, a receiver function (`receiver` set) or a method. `name_span` is the place of the name alone."""

    name: str
    name_span: Span
    receiver: Parameter | None
    parameters: tuple[Parameter, ...]
    returns: Expression | None
    body: Block
    decorators: Decorators = ()
    sync: bool = False


@dataclass(frozen=True, slots=True)
class DeclarativePipeline(Node):
    """`def name(parameters) -> T = stage | stage`; a single stage is legal."""

    name: str
    name_span: Span
    parameters: tuple[Parameter, ...]
    returns: Expression | None
    value: Expression
    decorators: Decorators = ()


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`name: annotation = default`; a singleton agent writes `name = default`, and then there is no annotation."""

    name: str
    annotation: Expression | None
    default: Expression | None


@dataclass(frozen=True, slots=True)
class StateBlock(Node):
    """`state:` with its fields."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Struct(Node):
    """`struct`, `resource`, `workflow` or `agent_blueprint` with fields and methods.

    `doc` is the docstring expression or None. `base` is what stands in parentheses after the name: not legal Dana,
    parsed so that `check` can say what to write instead.
    """

    kind: Literal["struct", "resource", "workflow", "agent_blueprint"]
    name: str
    name_span: Span
    base: Expression | None
    implements: tuple[Name, ...]
    members: tuple[Member, ...]
    doc: Expression | None = None
    decorators: Decorators = ()


@dataclass(frozen=True, slots=True)
class InterfaceMethod(Node):
    """`name(parameters) -> T` in an interface."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: Expression | None


@dataclass(frozen=True, slots=True)
class Interface(Node):
    """`interface name:` with methods and embedded interface names."""

    name: str
    name_span: Span
    members: tuple[InterfaceMethod | Name, ...]
    doc: Expression | None = None


@dataclass(frozen=True, slots=True)
class Agent(Node):
    """`agent N`, `agent N(B)`, or with a body of fields, state, methods and pipelines.

    `block` tells `agent N` (False) from `agent N:` with a body (True).
    """

    name: str
    name_span: Span
    blueprint: Name | None
    members: tuple[Member, ...]
    block: bool
    doc: Expression | None = None
    decorators: Decorators = ()


@dataclass(frozen=True, slots=True)
class Input(Node):
    """`input: a, b: float = 1.0` of a pipeline block."""

    parameters: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Output(Node):
    """`output: value` of a pipeline block."""

    value: Expression


@dataclass(frozen=True, slots=True)
class OnFeedback(Node):
    """`on_feedback_received(id) -> name:` with its block."""

    id: Expression
    name: str
    body: Block


@dataclass(frozen=True, slots=True)
class PipelineBlock(Node):
    """`pipeline name:` with input, statements, feedback handlers and output."""

    name: str
    name_span: Span
    body: Block
    doc: Expression | None = None
    decorators: Decorators = ()


@dataclass(frozen=True, slots=True)
class Module(Node):
    """`module M:`, a group of definitions under one name."""

    name: str
    name_span: Span
    body: Block
    decorators: Decorators = ()


Member: TypeAlias = Field | StateBlock | Function | DeclarativePipeline | PipelineBlock | Pass

Statement: TypeAlias = (
    ExpressionStatement | Assign | TypedAssign | AugmentedAssign | Return | Raise | Assert | Delete | Pass | Break
    | Continue | Import | FromImport | Export | If | While | For | With | Try | Match | Function
    | DeclarativePipeline | Struct | Interface | Agent | Input | Output | OnFeedback | PipelineBlock | Module
)  # fmt: skip
