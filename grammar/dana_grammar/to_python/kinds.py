"""What the transpiler knows about values: a bit for each kind, joined by `|`.

A variable whose kinds are known to be free of text needs no rule for mixed types, so its operators stay Python's own.
Inference is flow-insensitive within one scope: a name has the kinds of all its assignments there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar import nodes as n

if TYPE_CHECKING:
    from collections.abc import Callable

INT, FLOAT, BOOL, STR, DICT, LIST, SET, TUPLE, NONE, RANGE, OBJECT, RESULT = (1 << i for i in range(12))
ANY = -1
NUMBER = INT | FLOAT | BOOL
NUMBERISH = NUMBER | RESULT
"""`RESULT` is what arithmetic on unknown operands gives: perhaps a number, never text or a dict."""
FIRST_STRUCT = 16

ANNOTATIONS = {
    "int": INT, "float": FLOAT, "bool": BOOL, "str": STR, "dict": DICT, "list": LIST, "set": SET, "tuple": TUPLE,
}  # fmt: skip
BUILTIN_RESULTS = {
    "len": INT, "int": INT, "float": FLOAT, "bool": BOOL, "str": STR, "list": LIST, "dict": DICT, "set": SET,
    "tuple": TUPLE, "range": RANGE, "sorted": LIST, "isinstance": BOOL, "ord": INT, "chr": STR, "repr": STR,
    "hex": STR, "bin": STR, "any": BOOL, "all": BOOL, "hash": INT, "round": INT | FLOAT, "format": STR,
}  # fmt: skip
TEXT_METHODS = {
    "upper": STR, "lower": STR, "strip": STR, "lstrip": STR, "rstrip": STR, "replace": STR, "join": STR, "title": STR,
    "capitalize": STR, "center": STR, "ljust": STR, "rjust": STR, "zfill": STR, "swapcase": STR, "casefold": STR,
    "split": LIST, "rsplit": LIST, "splitlines": LIST, "find": INT, "rfind": INT, "index": INT, "count": INT,
    "startswith": BOOL, "endswith": BOOL, "isdigit": BOOL, "isalpha": BOOL, "isupper": BOOL, "islower": BOOL,
}  # fmt: skip
BUILTIN_METHODS = frozenset(
    name for kind in (str, bytes, list, dict, set, frozenset, tuple, int, float) for name in vars(kind)
    if not name.startswith("_")
)  # fmt: skip
DICT_METHODS = frozenset(name for name in vars(dict) if not name.startswith("_"))


def arithmetic(operator: str, left: int, right: int) -> int:
    """Return the kinds of `left operator right` where that is not `+`."""
    if operator == "%" and left & STR:
        return STR if left == STR else ANY
    if operator == "*" and (left | right) & (STR | LIST | TUPLE):
        return left if left in (STR, LIST) else right if right in (STR, LIST) else ANY
    if not left & ~NUMBER and not right & ~NUMBER:
        if operator == "**":
            return FLOAT | RESULT if (left | right) & FLOAT else RESULT
        if operator == "/" or FLOAT in (left, right):
            return FLOAT
        return INT | (left | right) & FLOAT | ((left | right) & BOOL if operator in {"&", "^"} else 0)
    if (left | right) & DICT and operator == "&":
        return ANY
    return RESULT | OBJECT


def addition(left: int, right: int) -> int:
    """Return the kinds of `left + right` by Dana's rules."""
    if not (left | right) & ~NUMBER:
        return FLOAT if FLOAT in (left, right) else INT | (left | right) & FLOAT
    if STR in (left, right):
        other = right if left == STR else left
        return STR if not other & ~(STR | NUMBER) else STR | OBJECT
    if left == right and left in (LIST, TUPLE):
        return left
    if not (left | right) & STR:
        return RESULT | OBJECT
    return ANY & ~DICT & ~NONE


def needs_mixing(left: int, right: int) -> bool:
    """Whether one operand may be text while the other may be a number."""
    return bool((left & STR and right & NUMBERISH) or (right & STR and left & NUMBERISH))


def surely_mixed(left: int, right: int) -> bool:
    """Whether one operand is text and the other a number for certain."""
    return (left == STR and not right & ~NUMBER) or (right == STR and not left & ~NUMBER)


class Kinds:
    """The kinds of the names of one scope, and the kinds of expressions in it.

    `names` maps local names to kinds; names that are not there are unknown. `structs` maps struct names to their bit,
    `fields` maps (bit, field) to kinds. `globals` are module names that are bound once, to something that stays.
    `shadowed` are names that no longer mean the built-in.
    """

    def __init__(self, structs: dict[str, int], fields: dict[tuple[int, str], int], shadowed: frozenset[str]) -> None:
        self.names: dict[str, int] = {}
        self.structs = structs
        self.fields = fields
        self.shadowed = shadowed
        self.globals: dict[str, int] = {}
        self.hidden: frozenset[str] | None = None
        """In a function: the names of the functions around it. None at the top level of the file."""

    def inner(self) -> Kinds:
        """Return the kinds of a scope that starts out knowing nothing about its names."""
        scope = Kinds(self.structs, self.fields, self.shadowed)
        scope.globals = self.globals
        scope.hidden = self.hidden or frozenset()
        return scope

    def is_struct(self, name: str) -> bool:
        """Whether a name means a struct of this text here."""
        if name not in self.structs:
            return False
        if self.hidden is None:
            return self.names.get(name, OBJECT) == OBJECT
        return name not in self.names and name not in self.hidden

    def is_built_in(self, name: str) -> bool:
        """Whether a name means what Dana itself defines."""
        return name not in self.shadowed and name not in self.names and name not in (self.hidden or ())

    def of(self, node: n.Expression) -> int:
        """Return the kinds that `node` may have."""
        find = _FINDERS.get(type(node))
        return find(self, node) if find is not None else ANY

    def annotated(self, node: n.Expression | None) -> int:
        """Return the kinds of a value that an annotation guarantees; None fits any type."""
        if isinstance(node, n.Subscript):
            node = node.value
        if isinstance(node, n.Name):
            if self.is_struct(node.name):
                return self.structs[node.name] | NONE
            if node.name in ANNOTATIONS and self.is_built_in(node.name):
                return ANNOTATIONS[node.name] | NONE
        return ANY

    def element(self, node: n.Expression) -> int:
        """Return the kinds of what iterating over `node` gives."""
        if isinstance(node, n.ListDisplay | n.TupleDisplay | n.SetDisplay) and node.items:
            joined = 0
            for item in node.items:
                joined |= ANY if isinstance(item, n.Starred) else self.of(item)
            return joined
        kind = self.of(node)
        if kind == RANGE:
            return INT
        return STR if kind == STR else ANY

    def _name(self, node: n.Name) -> int:
        kind = self.names.get(node.name)
        return self.globals.get(node.name, ANY) if kind is None else kind

    def _number(self, node: n.Number) -> int:
        return INT if isinstance(node.value, int) else FLOAT if isinstance(node.value, float) else RESULT

    def _constant(self, node: n.Constant) -> int:
        return NONE if node.value is None else BOOL

    def _text(self, node: n.Text) -> int:
        return STR if isinstance(node.value, str) else OBJECT

    def _binary(self, node: n.Binary) -> int:
        left, right = self.of(node.left), self.of(node.right)
        return addition(left, right) if node.operator == "+" else arithmetic(node.operator, left, right)

    def _unary(self, node: n.Unary) -> int:
        if node.operator == "not":
            return BOOL
        kind = self.of(node.operand)
        return kind if not kind & ~(INT | FLOAT) else RESULT

    def _call(self, node: n.Call) -> int:
        function = node.function
        if isinstance(function, n.Name):
            if self.is_struct(function.name):
                return self.structs[function.name]
            if self.is_built_in(function.name):
                return BUILTIN_RESULTS.get(function.name, ANY)
        elif isinstance(function, n.Attribute) and self.of(function.value) == STR:
            return TEXT_METHODS.get(function.name, ANY)
        return ANY

    def _attribute(self, node: n.Attribute) -> int:
        return self.fields.get((self.of(node.value) & ~NONE, node.name), ANY)

    def _conditional(self, node: n.Conditional) -> int:
        return self.of(node.body) | self.of(node.otherwise)

    def _logical(self, node: n.Logical) -> int:
        joined = 0
        for value in node.values:
            joined |= self.of(value)
        return joined

    def _compare(self, node: n.Compare) -> int:
        joined = self.of(node.first)
        for value in node.comparators:
            joined |= self.of(value)
        return BOOL if not joined & ~(NUMBER | STR | NONE) else BOOL | OBJECT

    def _walrus(self, node: n.Walrus) -> int:
        return self.of(node.value)

    def _comprehension(self, node: n.Comprehension) -> int:
        return {"list": LIST, "set": SET, "dict": DICT, "generator": OBJECT}[node.kind]

    def _subscript(self, node: n.Subscript) -> int:
        return STR if self.of(node.value) == STR else ANY


_FINDERS: dict[type, Callable[[Any, Any], int]] = {
    n.Name: Kinds._name, n.Number: Kinds._number, n.Constant: Kinds._constant, n.Text: Kinds._text,
    n.FormattedText: lambda _kinds, _node: STR, n.JoinedText: lambda _kinds, _node: STR,
    n.Binary: Kinds._binary, n.Unary: Kinds._unary, n.Call: Kinds._call, n.Attribute: Kinds._attribute,
    n.Conditional: Kinds._conditional, n.Logical: Kinds._logical, n.Compare: Kinds._compare,
    n.Walrus: Kinds._walrus, n.Comprehension: Kinds._comprehension, n.Subscript: Kinds._subscript,
    n.ListDisplay: lambda _kinds, _node: LIST, n.TupleDisplay: lambda _kinds, _node: TUPLE,
    n.SetDisplay: lambda _kinds, _node: SET, n.DictDisplay: lambda _kinds, _node: DICT,
    n.Lambda: lambda _kinds, _node: OBJECT,
}  # fmt: skip
