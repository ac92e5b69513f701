"""Statements around guarded expressions: operands go to temporaries, and a plain `try` carries the rules.

`a + b` of unknown operands becomes `try: x = a + b` / `except TypeError: x = _dana_add(a, b)`: on the good path a `try`
costs nothing, so numeric code runs at Python's own speed. What is inside such a `try` has no effects, so doing it again
by the rule is safe. A method of an unknown value is looked up the same way: the look-up comes before the arguments, so
nothing has happened yet when the value turns out to have no such method.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from dana_grammar import nodes as n
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.expressions import Expressions, check_dunder
from dana_grammar.to_python.operators import ARITHMETIC, COMPARISONS, MIXING
from dana_grammar.to_python.place import LOAD
from dana_grammar.to_python.scope import children, everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_grammar.span import Span


class Lowered(NamedTuple):
    """An expression in two versions: `fast` with Python's operators, `slow` by the rules (None: `fast` is enough).

    `pure` expressions may be evaluated again. `lookup` marks a method call whose look-up may fail.
    """

    fast: ast.expr
    slow: ast.expr | None = None
    pure: bool = True
    lookup: bool = False


STABLE = (n.Number, n.Constant, n.Text, n.Name)
IN_PLACE = (n.Lambda, n.Comprehension, n.Logical, n.Conditional, n.Pipe, n.Walrus, n.Capture)
"""Expressions whose parts may run many times, not at all or later: they are written with guards in place."""
IMPURE = (n.Call, n.Walrus, n.Pipe, n.Comprehension, n.Starred)


class Lowering(Expressions):
    """Adds statements before the one that is being written, collected in `out`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.out: list[ast.stmt] = []

    # What an expression needs

    def guarded(self, node: n.Node) -> bool:
        """Whether some part that always runs needs a second version."""
        if isinstance(node, IN_PLACE):
            return False
        if self._needs_slow(node):
            return True
        return any(self.guarded(child) for child in children(node))

    def _needs_slow(self, node: n.Node) -> bool:
        match node:
            case n.Binary(operator="+"):
                kinds = self.kinds.of(node.left), self.kinds.of(node.right)
                return k.needs_mixing(*kinds) and not k.surely_mixed(*kinds)
            case n.Compare(operators=(operator,)):
                return operator in MIXING and self.needs_rule(node.first, operator, node.comparators[0])
            case n.Attribute():
                return bool(self.kinds.of(node.value) & k.DICT) and node.name not in k.DICT_METHODS
            case n.Call(function=n.Attribute() as function):
                return self._looked_up(function)
            case _:
                return False

    def _looked_up(self, function: n.Attribute) -> bool:
        first = function.name in {"format", "format_map"} or function.name in self.received
        return not first and not self.native_method(function.value, function.name)

    def pure(self, node: n.Node) -> bool:
        """Whether evaluating `node` again has no effect."""
        return not isinstance(node, IMPURE) and all(self.pure(child) for child in children(node))

    # Lowering

    def lower(self, node: n.Expression) -> Lowered:
        """Return both versions of `node`; what must run before it is put into `out`."""
        if isinstance(node, IN_PLACE) or not self.guarded(node):
            return Lowered(self.expression(node), None, self.pure(node))
        match node:
            case n.Binary():
                return self._lower_binary(node)
            case n.Compare(operators=(operator,)):
                return self._lower_compare(node, operator)
            case n.Attribute():
                return self._lower_attribute(node)
            case n.Call():
                return self._lower_call(node)
            case n.Subscript(index=n.Slice()):
                value = self.settled(node.value)
                return Lowered(self.at(ast.Subscript(value, self.expression(node.index), LOAD), node.span))
            case n.Subscript():
                parts = self.lower_all((node.value, node.index), pure=True)
                return self.both(parts, lambda v: self.at(ast.Subscript(v[0], v[1], LOAD), node.span))
            case n.Unary(operator="not"):
                return Lowered(self.at(ast.UnaryOp(ast.Not(), self.test_now(node.operand)), node.span))
            case n.ListDisplay() | n.TupleDisplay() | n.SetDisplay():
                return self._lower_display(node)
            case n.FormattedText() | n.JoinedText() | n.DictDisplay():
                return Lowered(self.expression(node), None, self.pure(node))
            case _:
                return Lowered(self.expression(node), None, self.pure(node))

    def both(self, parts: list[Lowered], build: Callable[[list[ast.expr]], ast.expr]) -> Lowered:
        """Return an operation on lowered parts, which are all pure, in both versions."""
        fast = build([part.fast for part in parts])
        if all(part.slow is None for part in parts):
            return Lowered(fast)
        return Lowered(fast, build([part.slow or part.fast for part in parts]))

    def lower_all(self, nodes: tuple[n.Expression, ...], *, pure: bool = False, settle: bool = False) -> list[Lowered]:
        """Return `nodes` lowered in order of evaluation.

        With `pure` what has effects becomes a temporary; with `settle` also what needs a second version does.
        """
        forced = [
            (settle and self.guarded(node)) or (not self.pure(node) and (pure or self.guarded(node))) for node in nodes
        ]
        last = max((index for index, force in enumerate(forced) if force), default=-1)
        rebound = {part.target.name for part in everything(nodes) if isinstance(part, n.Walrus)} if last > 0 else set()
        result = []
        for index, node in enumerate(nodes):
            if index < last and isinstance(node, n.Name) and node.name in rebound:
                result.append(Lowered(self.settle_expression(self.expression(node), node.span)))
            elif forced[index] or (index < last and not isinstance(node, STABLE)):
                result.append(Lowered(self.settled(node)))
            else:
                result.append(self.lower(node))
        return result

    def settled(self, node: n.Expression) -> ast.expr:
        """Return a name or constant that holds the value of `node` from here on."""
        if isinstance(node, STABLE):
            return self.expression(node)
        name = self.temporary()
        self.attempt(self.lower(node), lambda value: self.assign(name, value, node.span), node.span)
        return self.name(name, node.span)

    def settle_expression(self, value: ast.expr, span: Span) -> ast.Name:
        """Give the value that a Python expression has now a name."""
        name = self.temporary()
        self.out.append(self.assign(name, value, span))
        return self.name(name, span)

    def attempt(self, lowered: Lowered, use: Callable[[ast.expr], ast.stmt], span: Span) -> None:
        """Put `use(value)` into `out`, falling back to the slow version where Python's own fails."""
        if lowered.slow is None:
            self.out.append(use(lowered.fast))
            return
        handler: ast.ExceptHandler
        if lowered.lookup:
            handler = ast.ExceptHandler(self.name("_dana_AttributeError", span), "_dana_e", [use(lowered.slow)])
        else:
            kinds = [self.name("_dana_TypeError", span), self.name("_dana_AttributeError", span)]
            handler = ast.ExceptHandler(self.tuple(kinds, span), None, [use(lowered.slow)])
        self.out.append(self.at(ast.Try([use(lowered.fast)], [self.at(handler, span)], [], []), span))

    def value(self, node: n.Expression) -> ast.expr:
        """Return `node` as one expression without a second version, for use anywhere in the next statement."""
        lowered = self.lower(node)
        if lowered.slow is None:
            return lowered.fast
        name = self.temporary()
        self.attempt(lowered, lambda value: self.assign(name, value, node.span), node.span)
        return self.name(name, node.span)

    def test_now(self, node: n.Expression) -> ast.expr:
        """Return a Python test for `node` that is evaluated once, here."""
        if isinstance(node, n.Logical) or not self.guarded(node):
            return self.test(node)
        return self.truth(self.value(node), self.kinds.of(node), node.span)

    # One kind of expression each

    def _lower_binary(self, node: n.Binary) -> Lowered:
        parts = self.lower_all((node.left, node.right), pure=True)
        if not self._needs_slow(node):
            return self.both(parts, lambda v: self._operation(node, v[0], v[1]))
        fast = self.at(ast.BinOp(parts[0].fast, ast.Add(), parts[1].fast), node.span)
        slow = self.helper("add", [part.slow or part.fast for part in parts], node.span)
        return Lowered(fast, slow)

    def _operation(self, node: n.Binary, left: ast.expr, right: ast.expr) -> ast.expr:
        if node.operator == "+" and k.surely_mixed(self.kinds.of(node.left), self.kinds.of(node.right)):
            return self.helper("add", [left, right], node.span)
        return self.at(ast.BinOp(left, ARITHMETIC[node.operator](), right), node.span)

    def _lower_compare(self, node: n.Compare, operator: str) -> Lowered:
        other = node.comparators[0]
        parts = self.lower_all((node.first, other), pure=True)
        compare = COMPARISONS[operator]
        if not self.needs_rule(node.first, operator, other):
            return self.both(parts, lambda v: self.at(ast.Compare(v[0], [compare()], [v[1]]), node.span))
        if operator in {"==", "!="}:
            pair = (node.first, operator, other)
            return self.both(parts, lambda v: self.compared(v[0], pair, v[1], node.span))
        fast = self.at(ast.Compare(parts[0].fast, [compare()], [parts[1].fast]), node.span)
        return Lowered(fast, self.helper(MIXING[operator], [part.slow or part.fast for part in parts], node.span))

    def _lower_attribute(self, node: n.Attribute) -> Lowered:
        check_dunder(node.name, node.name_span)
        part = self.lower_all((node.value,), pure=True)[0]
        field = self.constant(node.name, node.name_span)
        if not self._needs_slow(node):
            if self.kinds.of(node.value) & k.DICT:
                return self.both([part], lambda v: self.helper("member", [v[0], field], node.span))
            return self.both([part], lambda v: self.at(ast.Attribute(v[0], node.name, LOAD), node.span))
        fast = self.at(ast.Attribute(part.fast, node.name, LOAD), node.span)
        return Lowered(fast, self.helper("member", [part.slow or part.fast, field], node.span))

    def _lower_call(self, node: n.Call) -> Lowered:
        function = node.function
        if isinstance(function, n.Attribute) and self._looked_up(function):
            return self._lower_lookup(node, function)
        if isinstance(function, n.Attribute):
            callee_node: tuple[n.Expression, ...] = (function.value,)
        elif isinstance(function, n.Name):
            callee_node = ()
        else:
            callee_node = (function,)
        inner = tuple(a.value if isinstance(a, n.Keyword | n.Starred) else a for a in node.arguments)
        values = [part.fast for part in self.lower_all((*callee_node, *inner), settle=True)]
        arguments, keywords = self._rewrapped(node.arguments, values[len(callee_node) :])
        if isinstance(function, n.Attribute):
            check_dunder(function.name, function.name_span)
            callee = self.method(values[0], function)
        else:
            callee = values[0] if callee_node else self.expression(function)
        return Lowered(self.at(ast.Call(callee, arguments, keywords), node.span), None, pure=False)

    def _lower_lookup(self, node: n.Call, function: n.Attribute) -> Lowered:
        check_dunder(function.name, function.name_span)
        receiver = self.settled(function.value)
        inner = tuple(a.value if isinstance(a, n.Keyword | n.Starred) else a for a in node.arguments)
        values = [part.fast for part in self.lower_all(inner, settle=True)]
        arguments, keywords = self._rewrapped(node.arguments, values)
        native = self.at(ast.Attribute(receiver, function.name, LOAD), function.span)
        error = self.name("_dana_e", function.span)
        found = self.helper("found_method", [error, receiver, *self.method_details(function)], function.span)
        fast = self.at(ast.Call(native, arguments, keywords), node.span)
        return Lowered(fast, self.at(ast.Call(found, arguments, keywords), node.span), pure=False, lookup=True)

    def _rewrapped(
        self, arguments: tuple[n.Argument, ...], values: list[ast.expr]
    ) -> tuple[list[ast.expr], list[ast.keyword]]:
        positional: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for argument, value in zip(arguments, values, strict=True):
            if isinstance(argument, n.Keyword):
                keywords.append(self.at(ast.keyword(argument.name or None, value), argument.span))
            elif isinstance(argument, n.Starred):
                positional.append(self.at(ast.Starred(value, LOAD), argument.span))
            else:
                positional.append(value)
        return positional, keywords

    def _lower_display(self, node: n.ListDisplay | n.TupleDisplay | n.SetDisplay) -> Lowered:
        if any(isinstance(item, n.Starred) for item in node.items):
            return Lowered(self.expression(node), None, pure=False)
        parts = self.lower_all(node.items, pure=True)

        def build(values: list[ast.expr]) -> ast.expr:
            if isinstance(node, n.ListDisplay):
                return self.at(ast.List(values, LOAD), node.span)
            return self.at(ast.Set(values) if isinstance(node, n.SetDisplay) else ast.Tuple(values, LOAD), node.span)

        return self.both(parts, build)
