"""The expressions of Dana: one frozen class for each meaning, every one with its place in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from dana_grammar.span import Span  # noqa: TC001 - `typing.get_type_hints` looks for it here

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    from dana_grammar.node_class import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Anything the Dana parser can produce."""

    span: Span


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number: `4.5`, `0xff`, `2j`. `source` is the text as written."""

    value: int | float | complex
    source: str


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """`true`, `false` or `none` in any of their spellings; `source` is the one that was written."""

    value: bool | None
    source: str


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A string literal without interpolation: `"x"`, `r'\\d'`, `b"raw"`. `source` keeps quotes and prefix."""

    value: str | bytes
    source: str


@dataclass(frozen=True, slots=True)
class Interpolation(Node):
    """`{value!r:spec}` inside an f-string. `debug` is the text before `=` in `{x=}`, else empty."""

    value: Expression
    conversion: Literal["", "r", "s", "a"]
    spec: tuple[str | Interpolation, ...]
    debug: str = ""


@dataclass(frozen=True, slots=True)
class FormattedText(Node):
    """An f-string: decoded text and interpolations in order. `source` is the literal as written."""

    parts: tuple[str | Interpolation, ...]
    source: str


@dataclass(frozen=True, slots=True)
class JoinedText(Node):
    """Adjacent string literals that stand for one string: `"a" f"{b}"`. At least two parts."""

    parts: tuple[Text | FormattedText, ...]


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A lexical name."""

    name: str


Scope: TypeAlias = Literal["local", "private", "public", "system"]


@dataclass(frozen=True, slots=True)
class ScopedName(Node):
    """A variable together with its scope: `private:count`, or `private.count` as older files write it (`dotted`)."""

    scope: Scope
    name: str
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Placeholder(Node):
    """`$$`: where the value of a pipeline goes."""


@dataclass(frozen=True, slots=True)
class Attribute(Node):
    """`value.name`. `name_span` is the place of the name alone."""

    value: Expression
    name: str
    name_span: Span


@dataclass(frozen=True, slots=True)
class Subscript(Node):
    """`value[index]`. Several dimensions are a `TupleDisplay` without parentheses."""

    value: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Slice(Node):
    """`lower:upper:step` inside a subscript."""

    lower: Expression | None
    upper: Expression | None
    step: Expression | None


@dataclass(frozen=True, slots=True)
class Starred(Node):
    """`*value` in a call, a display or an assignment target."""

    value: Expression


@dataclass(frozen=True, slots=True)
class Keyword(Node):
    """`name=value` in a call; `**value` has the empty name."""

    name: str
    value: Expression


Argument: TypeAlias = "Expression | Keyword"


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function(arguments)`. Arguments in source order; `Starred` for `*xs`, `Keyword` for `a=1` and `**kw`."""

    function: Expression
    arguments: tuple[Argument, ...]


UnaryOperator: TypeAlias = Literal["+", "-", "~", "not"]
BinaryOperator: TypeAlias = Literal["+", "-", "*", "/", "//", "%", "**", "@", "<<", ">>", "&", "^"]
CompareOperator: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """`-operand`, `not operand`."""

    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """`left + right`. `|` is not here: see `Pipe`."""

    left: Expression
    operator: BinaryOperator
    right: Expression


@dataclass(frozen=True, slots=True)
class Pipe(Node):
    """`a | b | c` without inner parentheses: at least two stages. What it means is decided by the values."""

    stages: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Capture(Node):
    """`stage as name`, only directly inside a `Pipe` or as the single stage of a declarative pipeline."""

    value: Expression
    name: str
    name_span: Span


@dataclass(frozen=True, slots=True)
class Logical(Node):
    """`a and b and c`: one operator, at least two values."""

    operator: Literal["and", "or"]
    values: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`first < a <= b`: `operators` and `comparators` have the same length, at least 1."""

    first: Expression
    operators: tuple[CompareOperator, ...]
    comparators: tuple[Expression, ...]

    def asks_for(self) -> Name | None:
        """Return the name of which `"name" in locals()` asks whether it has a value, or None for any other comparison."""
        match self:
            case Compare(_, Text(span, str() as name), ("in" | "not in",), (Call(_, Name(_, "locals"), ()),)):
                return Name(span, name) if name.isidentifier() else None
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`body if test else otherwise`."""

    test: Expression
    body: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Walrus(Node):
    """`name := value`."""

    target: Name
    value: Expression


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """One parameter. `kind` is `args` for `*name`, `kwargs` for `**name`, `star` for a bare `*`."""

    name: str
    annotation: Expression | None
    default: Expression | None
    kind: Literal["plain", "args", "kwargs", "star"] = "plain"


@dataclass(frozen=True, slots=True)
class Lambda(Node):
    """`lambda x: int, y = 3 :: body`, with a receiver `lambda (s: T) x :: body`, or Python's `lambda x: body`."""

    receiver: Parameter | None
    parameters: tuple[Parameter, ...]
    body: Expression
    pythonic: bool = False


@dataclass(frozen=True, slots=True)
class ListDisplay(Node):
    """`[a, *b]`."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class TupleDisplay(Node):
    """`(a, b)`, `()`, or `a, b` where `parenthesized` is False."""

    items: tuple[Expression, ...]
    parenthesized: bool = True


@dataclass(frozen=True, slots=True)
class SetDisplay(Node):
    """`{a, b}`, never empty."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class DictEntry(Node):
    """`key: value`; `**value` has no key."""

    key: Expression | None
    value: Expression


@dataclass(frozen=True, slots=True)
class DictDisplay(Node):
    """`{key: value, **more}`."""

    entries: tuple[DictEntry, ...]


@dataclass(frozen=True, slots=True)
class Clause(Node):
    """`for target in iterable if a if b` of a comprehension."""

    target: Expression
    iterable: Expression
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Comprehension(Node):
    """A comprehension of any kind. `value` is set for `dict` alone, where `element` is the key."""

    kind: Literal["list", "set", "dict", "generator"]
    element: Expression
    value: Expression | None
    clauses: tuple[Clause, ...]


Expression: TypeAlias = (
    Number | Constant | Text | FormattedText | JoinedText | Name | ScopedName | Placeholder | Attribute | Subscript
    | Slice | Starred | Call | Unary | Binary | Pipe | Capture | Logical | Compare | Conditional | Walrus | Lambda
    | ListDisplay | TupleDisplay | SetDisplay | DictDisplay | Comprehension
)  # fmt: skip
