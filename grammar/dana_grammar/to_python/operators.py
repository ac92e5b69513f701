"""Operators and truth as Python: native where kinds allow, by Dana's rules where text may meet a number."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, TypeAlias

from dana_grammar import nodes as n
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.place import LOAD, STORE, Places

if TYPE_CHECKING:
    from dana_grammar.span import Span

ARITHMETIC: dict[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "//": ast.FloorDiv, "%": ast.Mod, "**": ast.Pow,
    "@": ast.MatMult, "<<": ast.LShift, ">>": ast.RShift, "&": ast.BitAnd, "^": ast.BitXor, "|": ast.BitOr,
}  # fmt: skip
COMPARISONS: dict[str, type[ast.cmpop]] = {
    "==": ast.Eq, "!=": ast.NotEq, "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE,
    "in": ast.In, "not in": ast.NotIn, "is": ast.Is, "is not": ast.IsNot,
}  # fmt: skip
MIXING = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
UNARY: dict[str, type[ast.unaryop]] = {"-": ast.USub, "+": ast.UAdd, "~": ast.Invert}


def is_number_or_word(text: str) -> bool:
    """Whether text could equal a number or a truth value."""
    try:
        float(text)
    except ValueError:
        return len(text.strip()) < 16  # longer than every yes/no word
    return True


Pair: TypeAlias = tuple[n.Expression, str, n.Expression]
"""One comparison of a chain: left side, operator, right side."""


def is_remainder(value: ast.expr) -> bool:
    """Whether a Python expression is `name % number`."""
    return (
        isinstance(value, ast.BinOp)
        and isinstance(value.op, ast.Mod)
        and isinstance(value.left, ast.Name)
        and isinstance(value.right, ast.Constant)
    )


class Operators(Places):
    """Writes operators. `kinds` is what is known in the current scope."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.kinds = k.Kinds({}, {}, frozenset())
        self.walrus = True
        """Whether a temporary may be made inside an expression here."""
        self._temporaries = 0

    def temporary(self) -> str:
        """Return a new name that no program can use."""
        self._temporaries += 1
        return f"_dana_{self._temporaries}"

    def expression(self, node: n.Expression) -> ast.expr:
        """Return the Python expression for `node`; see `expressions`."""
        raise NotImplementedError  # pragma: no cover - replaced by the class that writes expressions

    def expressions(self, nodes: tuple[n.Expression, ...]) -> list[ast.expr]:
        """Return the Python expressions for `nodes`."""
        return [self.expression(node) for node in nodes]

    def atom(self, value: ast.expr) -> bool:
        """Whether Python may evaluate `value` twice at no cost and no effect."""
        return isinstance(value, ast.Name | ast.Constant)

    def _binary(self, node: n.Binary) -> ast.expr:
        left, right = self.expression(node.left), self.expression(node.right)
        if node.operator == "+":
            kinds = self.kinds.of(node.left), self.kinds.of(node.right)
            if k.needs_mixing(*kinds):
                return self._mixed("add", ast.Add(), left, right, node, sure=k.surely_mixed(*kinds))
        return self.at(ast.BinOp(left, ARITHMETIC[node.operator](), right), node.span)

    def _mixed(
        self, rule: str, operator: Any, left: ast.expr, right: ast.expr, node: n.Node, *, sure: bool
    ) -> ast.expr:
        """Return the operation with Python's operator where both operands are of one class, else by the rule."""
        span = node.span
        if sure or not (self.walrus or (self.atom(left) and self.atom(right))):
            return self.helper(rule, [left, right], span)
        if is_remainder(left) and isinstance(right, ast.Constant) and isinstance(left, ast.BinOp):
            left_first = left.left  # a remainder is text only where its left side is
        else:
            left_first, left = self._named(left)
        right_first, right = self._named(right)
        same = ast.Compare(self._class_of(left_first, span), [ast.Is()], [self._class_of(right_first, span)])
        test = self.at(same, span)
        return self.at(
            ast.IfExp(test, self.native(operator, left, right, span), self.helper(rule, [left, right], span)), span
        )

    def _class_of(self, value: ast.expr, span: Span) -> ast.expr:
        """Return the class of a value; of a constant by its name, which is quicker to load."""
        if isinstance(value, ast.Constant) and type(value.value).__name__ in k.ANNOTATIONS:
            return self.name(f"_dana_{type(value.value).__name__}", span)
        return self.at(ast.Attribute(value, "__class__", LOAD), span)

    def native(self, operator: Any, left: ast.expr, right: ast.expr, span: Span) -> ast.expr:
        """Return Python's own operation."""
        if isinstance(operator, ast.cmpop):
            return self.at(ast.Compare(left, [operator], [right]), span)
        return self.at(ast.BinOp(left, operator, right), span)

    def _named(self, value: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Return `value` for its first use, which gives it a name, and for the later ones."""
        if self.atom(value):
            return value, value
        name = self.temporary()
        target = ast.copy_location(ast.Name(name, STORE), value)
        again = ast.copy_location(ast.Name(name, LOAD), value)
        return ast.copy_location(ast.NamedExpr(target, value), value), again

    def _unary(self, node: n.Unary) -> ast.expr:
        if node.operator == "not":
            return self.at(ast.UnaryOp(ast.Not(), self.test(node.operand)), node.span)
        if isinstance(node.operand, n.Number) and node.operator == "-":
            return self.constant(-node.operand.value, node.span)
        return self.at(ast.UnaryOp(UNARY[node.operator](), self.expression(node.operand)), node.span)

    def needs_rule(self, left: n.Expression, operator: str, right: n.Expression) -> bool:
        """Whether a comparison may be one of text with a number."""
        if operator not in MIXING or not k.needs_mixing(self.kinds.of(left), self.kinds.of(right)):
            return False
        if operator in {"==", "!="}:
            texts = [side.value for side in (left, right) if isinstance(side, n.Text)]
            return not (texts and not is_number_or_word(str(texts[0])))
        return True

    def _compare(self, node: n.Compare) -> ast.expr:
        if (asked := node.asks_for()) is not None:
            known = self.helper("has_value", [self.thunk(self.expression(asked), node.span)], node.span)
            return known if node.operators == ("in",) else self.at(ast.UnaryOp(ast.Not(), known), node.span)
        sides = (node.first, *node.comparators)
        pairs: list[Pair] = list(zip(sides, node.operators, sides[1:], strict=False))
        if not any(self.needs_rule(*pair) for pair in pairs):
            operators = [COMPARISONS[operator]() for operator in node.operators]
            values = self.expressions(node.comparators)
            return self.at(ast.Compare(self.expression(node.first), operators, values), node.span)
        if len(pairs) == 1:
            return self.compared(self.expression(node.first), pairs[0], self.expression(node.comparators[0]), node.span)
        return self._compare_chain(node, pairs)

    def _compare_chain(self, node: n.Compare, pairs: list[Pair]) -> ast.expr:
        if not self.walrus and not all(isinstance(side, n.Name | n.Number | n.Text) for side in node.comparators[:-1]):
            names = [self.constant(operator, node.span) for operator in node.operators]
            values = self.expressions((node.first, *node.comparators))
            thunks = [self.thunk(value, node.span) for value in values]
            return self.helper("chain", [self.tuple(names, node.span), *thunks], node.span)
        parts: list[ast.expr] = []
        left = self.expression(node.first)
        for pair in pairs:
            first, again = self._named(self.expression(pair[2]))
            parts.append(self.compared(left, pair, first, node.span))
            left = again
        return self.at(ast.BoolOp(ast.And(), parts), node.span)

    def compared(self, left: ast.expr, pair: Pair, right: ast.expr, span: Span) -> ast.expr:
        """Return one comparison, by the rule where it may need one."""
        before, operator, after = pair
        if not self.needs_rule(before, operator, after):
            return self.at(ast.Compare(left, [COMPARISONS[operator]()], [right]), span)
        sure = k.surely_mixed(self.kinds.of(before), self.kinds.of(after))
        at = n.Node(span)
        return self._mixed(MIXING[operator], COMPARISONS[operator](), left, right, at, sure=sure)

    # Truth

    def test(self, node: n.Expression) -> ast.expr:
        """Return an expression whose Python truth is the Dana truth of `node`."""
        if isinstance(node, n.Logical):
            operator = ast.And() if node.operator == "and" else ast.Or()
            return self.at(ast.BoolOp(operator, [self.test(value) for value in node.values]), node.span)
        value = self.expression(node)
        return self.truth(value, self.kinds.of(node), node.span)

    def truth(self, value: ast.expr, kind: int, span: Span) -> ast.expr:
        """Return `value` as a Python test; text is judged by what it says."""
        if not kind & k.STR:
            return value
        if kind == k.STR or not (self.walrus or self.atom(value)):
            return self.helper("truth", [value], span)
        first, again = self._named(value)
        own = ast.Compare(self._class_of(first, span), [ast.Is()], [self.name("_dana_bool", span)])
        is_text = self.helper("isinstance", [again, self.name("_dana_str", span)], span)
        other = self.at(ast.IfExp(is_text, self.helper("truth", [again], span), again), span)
        return self.at(ast.IfExp(self.at(own, span), again, other), span)

    def _logical(self, node: n.Logical) -> ast.expr:
        if not any(self.kinds.of(value) & k.STR for value in node.values[:-1]):
            operator = ast.And() if node.operator == "and" else ast.Or()
            return self.at(ast.BoolOp(operator, self.expressions(node.values)), node.span)
        result = self.expression(node.values[-1])
        for value in reversed(node.values[:-1]):
            result = self._chosen(node, value, result)
        return result

    def _chosen(self, node: n.Logical, value: n.Expression, otherwise: ast.expr) -> ast.expr:
        """Return `value and otherwise` or `value or otherwise`, which give an operand and judge text by what it says."""
        written = self.expression(value)
        if not (self.walrus or self.atom(written)):
            thunk = self.thunk(otherwise, node.span)
            return self.helper(node.operator, [written, thunk], node.span)
        first, again = self._named(written)
        test = self.truth(first, self.kinds.of(value), value.span)
        yes, no = (otherwise, again) if node.operator == "and" else (again, otherwise)
        return self.at(ast.IfExp(test, yes, no), node.span)

    def _conditional(self, node: n.Conditional) -> ast.expr:
        test = self.test(node.test)
        return self.at(ast.IfExp(test, self.expression(node.body), self.expression(node.otherwise)), node.span)
