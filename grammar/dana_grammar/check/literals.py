"""What a literal is worth, and whether it can become the type that stands beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dana_grammar.check.known_names import FALSE_WORDS, TRUE_WORDS
from dana_grammar.expressions import (
    Constant,
    DictDisplay,
    FormattedText,
    JoinedText,
    ListDisplay,
    Name,
    Number,
    Pipe,
    SetDisplay,
    Subscript,
    Text,
    TupleDisplay,
    Unary,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_grammar.expressions import Expression


class _Unknown:
    """The value of an expression that is no literal."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
LONG_TEXT = 40


def literal(node: Expression) -> Any:
    """Return the value of a literal, with UNKNOWN for each part that is none. Sets become lists of their items."""
    reader = _READERS.get(type(node))
    return UNKNOWN if reader is None else reader(node)


def _negative(node: Unary) -> Any:
    value = literal(node.operand)
    number = isinstance(value, (int, float, complex)) and not isinstance(value, bool)
    return -value if node.operator == "-" and number else UNKNOWN


def _set_items(node: SetDisplay) -> Any:
    return frozenset(range(len(node.items)))


_READERS: dict[type, Callable[[Any], Any]] = {
    Number: lambda node: node.value,
    Constant: lambda node: node.value,
    Text: lambda node: node.value,
    Unary: _negative,
    ListDisplay: lambda node: [literal(item) for item in node.items],
    TupleDisplay: lambda node: tuple(literal(item) for item in node.items),
    SetDisplay: _set_items,
    DictDisplay: lambda node: dict.fromkeys(range(len(node.entries)), UNKNOWN),
}


def shown(node: Expression) -> str:
    """Return how a message names a literal: its text where it is short, otherwise what it is."""
    value = literal(node)
    kind = "text" if isinstance(node, (Text, FormattedText, JoinedText)) else type(value).__name__
    if isinstance(value, (str, int, float, complex)):
        text = repr(value)
        return f"{text} ({type(value).__name__})" if len(text) <= LONG_TEXT else f"this {kind}"
    return f"this {kind}"


def type_text(annotation: Expression) -> str:
    """Return an annotation as its author would write it; `...` for what cannot stand in a type."""
    match annotation:
        case Name(name=name):
            return name
        case Constant():
            return "None"
        case Subscript(value=value, index=index):
            return f"{type_text(value)}[{type_text(index)}]"
        case TupleDisplay(items=items):
            return ", ".join(map(type_text, items))
        case Pipe(stages=stages):
            return " | ".join(map(type_text, stages))
        case _:
            return "..."


def can_become(value: Any, annotation: Expression) -> bool:
    """Whether typed assignment can turn a literal's value into the type; True whenever that is not certain."""
    return _fits(value, annotation, _COERCES)


def can_be_field(value: Any, annotation: Expression) -> bool:
    """Whether a struct field of the type takes a literal's value: nothing is converted but int to float."""
    return _fits(value, annotation, _IS)


def _fits(value: Any, annotation: Expression, rules: dict[str, Callable[[Any], bool]]) -> bool:
    if value is None or value is UNKNOWN:
        return True
    match annotation:
        case Name(name=name):
            rule = rules.get(name)
            return rule is None or rule(value)
        case Subscript(value=Name(name=name), index=index):
            rule = rules.get(name)
            return (rule is None or rule(value)) and (rules is _IS or _items_fit(value, name, index))
        case Pipe(stages=stages):
            return any(_fits(value, stage, rules) for stage in stages)
        case _:
            return True


def _items_fit(value: Any, container: str, index: Expression) -> bool:
    if container not in ("list", "set") or not isinstance(value, (list, tuple)) or isinstance(index, TupleDisplay):
        return True
    return all(_fits(item, index, _COERCES) for item in value)


def _parses(kind: Callable[[str], object]) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        if isinstance(value, str):
            try:
                kind(value)
            except ValueError:
                return False
            return True
        return isinstance(value, (int, float))

    return test


def _answers(value: Any) -> bool:
    if isinstance(value, str):
        words = value.strip().lower().replace("\n", " ").split(" ")
        starts = (" ".join(words[:count]).strip(" ,.;:!-*`'\"") for count in (2, 1))
        return value.strip().lower() in FALSE_WORDS | TRUE_WORDS or any(
            start in FALSE_WORDS or start in TRUE_WORDS for start in starts
        )
    return isinstance(value, (int, float))


def _listed(value: Any) -> bool:
    return "[" in value if isinstance(value, str) else isinstance(value, (list, tuple, frozenset))


def _keyed(value: Any) -> bool:
    return "{" in value if isinstance(value, str) else isinstance(value, dict)


_COERCES: dict[str, Callable[[Any], bool]] = {
    "int": _parses(int), "float": _parses(float), "bool": _answers,
    "list": _listed, "tuple": _listed, "set": _listed, "dict": _keyed,
}  # fmt: skip

_IS: dict[str, Callable[[Any], bool]] = {
    "int": lambda value: isinstance(value, int),
    "float": lambda value: isinstance(value, (int, float)),
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "list": lambda value: isinstance(value, list),
    "tuple": lambda value: isinstance(value, tuple),
    "set": lambda value: isinstance(value, frozenset),
    "dict": lambda value: isinstance(value, dict),
}
