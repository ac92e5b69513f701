"""Reductions of the grammar that make expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar.expressions import (
    Attribute,
    Call,
    Capture,
    Clause,
    Comprehension,
    Conditional,
    Constant,
    DictDisplay,
    DictEntry,
    Keyword,
    Lambda,
    ListDisplay,
    Name,
    Number,
    Parameter,
    Pipe,
    Placeholder,
    ScopedName,
    SetDisplay,
    Slice,
    Starred,
    Subscript,
    TupleDisplay,
    Walrus,
)  # fmt: skip
from dana_grammar.operators import Prefixed, resolve
from dana_grammar.span import Span
from dana_grammar.tokens import CONSTANTS
from dana_grammar.tree_base import between, from_token, new_tuple, to_token, token_span
from dana_grammar.tree_strings import StringBuilder

if TYPE_CHECKING:
    from dana_grammar.tokens import Token


class ExpressionBuilder(StringBuilder):
    """Makes expressions."""

    def name(self, token: Token) -> Name:
        """`x`."""
        return Name(new_tuple(Span, token[2:]), token[1])

    def number(self, token: Token) -> Number:
        """`4.5`."""
        return Number(token_span(token), self.number_value(token), token[1])

    def number_value(self, token: Token) -> int | float | complex:
        """Return the value of a number as written."""
        text = token[1]
        if text.isdecimal() and (text[0] != "0" or len(text) == 1) and len(text) < 1000:
            return int(text)
        lower = text.lower()
        try:
            if lower[:2] in ("0x", "0o", "0b"):
                return int(text, 0)
            if lower[-1] == "j":
                return complex(text.replace("_", ""))
            return float(text) if "." in lower or "e" in lower else int(text, 0)
        except ValueError:
            # Python refuses leading zeros, and decimal numbers of more digits than sys.get_int_max_str_digits.
            shorter = text.lstrip("0_")
            hint = f"write '{shorter}', or '0o{shorter}' for an octal number" if len(text) < 1000 else ""
            self.problem("D0020", f"'{text[:20]}' is not a number", token_span(token), hint)
            return 0

    def constant(self, token: Token) -> Constant:
        """`true`, `none`."""
        return Constant(token_span(token), CONSTANTS[token[1]], token[1])

    def ellipsis(self, token: Token) -> Constant:
        """`...`."""
        return Constant(token_span(token), None, token[1])

    def scoped_name(self, token: Token) -> ScopedName:
        """`private:x`."""
        text = token[1]
        dotted = ":" not in text
        scope, _, name = text.partition("." if dotted else ":")
        return ScopedName(token_span(token), scope, name, dotted)  # type: ignore[arg-type]

    def placeholder(self, token: Token) -> Placeholder:
        """`$$`."""
        return Placeholder(token_span(token))

    def attribute(self, value: Any, _dot: Token, name: Token) -> Attribute:
        """`value.name`."""
        place = new_tuple(Span, name[2:])
        start = value.span
        return Attribute(new_tuple(Span, (start[0], start[1], name[4], name[5])), value, name[1], place)

    def call(self, function: Any, _open: Token, arguments: list[Any] | None, close: Token) -> Call:
        """`f(x)`."""
        start = function.span
        span = new_tuple(Span, (start[0], start[1], close[4], close[5]))
        if arguments is None:
            return Call(span, function, ())
        if len(arguments) > 1:
            self.check_arguments(arguments)
        return Call(span, function, tuple(arguments))

    def check_arguments(self, arguments: list[Any]) -> None:
        """A generator stands alone, and no positional argument stands behind a keyword."""
        named: set[str] = set()
        spread = False
        for argument in arguments:
            if type(argument) is Keyword:
                if argument.name and argument.name in named:
                    self.problem("D0029", f"'{argument.name}' is given twice", argument.span)
                named.add(argument.name)
                spread = spread or not argument.name
            elif type(argument) is Comprehension and argument.span[:2] == argument.element.span[:2]:
                self.problem("D0029", "a generator among other arguments needs parentheses", argument.span)
            elif spread or (named and type(argument) is not Starred):
                hint = "put it before the arguments with a name"
                self.problem("D0029", "a positional argument stands behind a named one", argument.span, hint)

    def keyword(self, name: Token, _equal: Token, value: Any) -> Keyword:
        """`name=value` in a call."""
        return Keyword(from_token(name, value.span), name[1], value)

    def starred(self, star: Token, value: Any) -> Starred:
        """`*value`."""
        return Starred(from_token(star, value.span), value)

    def double_starred(self, stars: Token, value: Any) -> Keyword:
        """`**value` in a call."""
        return Keyword(from_token(stars, value.span), "", value)

    def subscript(self, value: Any, _open: Token, index: Any, close: Token) -> Subscript:
        """`value[index]`."""
        return Subscript(to_token(value.span, close), value, index)

    def slice(self, lower: Any, colon: Token, upper: Any) -> Slice:
        """`lower:upper`."""
        return self.slice_with_step(lower, colon, upper, colon, None)

    def slice_with_step(self, lower: Any, colon: Token, upper: Any, second: Token, step: Any) -> Slice:
        """`lower:upper:step`."""
        start = lower.span if lower else token_span(colon)
        end = step.span if step else (token_span(second) if second is not colon or not upper else upper.span)
        return Slice(start.to(end), lower, upper, step)

    def open_tuple(self, items: list[Any], comma: Token | None) -> TupleDisplay:
        """`a, b`."""
        start, end = items[0].span, items[-1].span
        span = to_token(start, comma) if comma else start.to(end)
        return TupleDisplay(span, tuple(items), parenthesized=False)

    def open_single_tuple(self, item: Any, comma: Token) -> TupleDisplay:
        """`a,`."""
        return TupleDisplay(to_token(item.span, comma), (item,), parenthesized=False)

    def tuple_display(self, opening: Token, items: list[Any] | None, close: Token) -> TupleDisplay:
        """`(a, b)`."""
        return TupleDisplay(between(opening, close), tuple(items or ()))

    def parenthesized(self, _open: Token, value: Any, _close: Token) -> Any:
        """`(value)`: parentheses leave no node."""
        return value

    def augmented_expression(self, _open: Token, name: Token, sign: Token, value: Any, _close: Token) -> Walrus:
        """`(x += 1)` in older files: the same as `(x := x + 1)`."""
        total = self.operation([self.name(name), (sign[0], sign[1][:-1], *sign[2:]), value])
        return Walrus(from_token(name, value.span), self.name(name), total)

    def list_display(self, opening: Token, items: list[Any] | None, close: Token) -> ListDisplay:
        """`[a, b]`."""
        return ListDisplay(between(opening, close), tuple(items or ()))

    def set_display(self, opening: Token, items: list[Any], close: Token) -> SetDisplay:
        """`{a, b}`."""
        return SetDisplay(between(opening, close), tuple(items))

    def empty_dict(self, opening: Token, close: Token) -> DictDisplay:
        """`{}`."""
        return DictDisplay(between(opening, close), ())

    def dict_display(self, opening: Token, entries: list[DictEntry], close: Token) -> DictDisplay:
        """`{key: value}`."""
        return DictDisplay(between(opening, close), tuple(entries))

    def dict_entry(self, key: Any, _colon: Token, value: Any) -> DictEntry:
        """`key: value`."""
        return DictEntry(key.span.to(value.span), key, value)

    def dict_spread(self, stars: Token, value: Any) -> DictEntry:
        """`**value` in a dict."""
        return DictEntry(from_token(stars, value.span), None, value)

    def clause(self, word: Token, target: Any, _in: Token, iterable: Any, conditions: list[Any] | None) -> Clause:
        """`for target in iterable if condition`."""
        end = conditions[-1].span if conditions else iterable.span
        return Clause(from_token(word, end), target, iterable, tuple(conditions or ()))

    def generator(self, element: Any, clauses: list[Clause]) -> Comprehension:
        """`f(x for x in xs)`."""
        return Comprehension(element.span.to(clauses[-1].span), "generator", element, None, tuple(clauses))

    def generator_in_parentheses(
        self, opening: Token, element: Any, clauses: list[Clause], close: Token
    ) -> Comprehension:
        """`(x for x in xs)`."""
        return Comprehension(between(opening, close), "generator", element, None, tuple(clauses))

    def list_comprehension(self, opening: Token, element: Any, clauses: list[Clause], close: Token) -> Comprehension:
        """`[x for x in xs]`."""
        return Comprehension(between(opening, close), "list", element, None, tuple(clauses))

    def set_comprehension(self, opening: Token, element: Any, clauses: list[Clause], close: Token) -> Comprehension:
        """`{x for x in xs}`."""
        return Comprehension(between(opening, close), "set", element, None, tuple(clauses))

    def dict_comprehension(
        self, opening: Token, key: Any, _colon: Token, value: Any, clauses: list[Clause], close: Token
    ) -> Comprehension:
        """`{k: v for k, v in xs}`."""
        return Comprehension(between(opening, close), "dict", key, value, tuple(clauses))

    def dict_comprehension_in_parentheses(
        self, opening: Token, _open: Token, key: Any, _colon: Token, value: Any, *rest: Any
    ) -> Comprehension:
        """`{(k: v) for k, v in xs}`."""
        _close, clauses, close = rest
        return Comprehension(between(opening, close), "dict", key, value, tuple(clauses))

    def walrus(self, name: Token, _sign: Token, value: Any) -> Walrus:
        """`name := value`."""
        return Walrus(from_token(name, value.span), self.name(name), value)

    def conditional(self, body: Any, _if: Token, test: Any, _else: Token, otherwise: Any) -> Conditional:
        """`body if test else otherwise`."""
        return Conditional(body.span.to(otherwise.span), test, body, otherwise)

    def lambda_(
        self, word: Token, receiver: Parameter | None, parameters: list[Parameter] | None, _sign: Token, body: Any
    ) -> Lambda:
        """`lambda x: int :: body`."""
        self.check_parameters(parameters or [])
        return Lambda(from_token(word, body.span), receiver, tuple(parameters or ()), body)

    def python_lambda(self, word: Token, parameters: list[Parameter] | None, _colon: Token, body: Any) -> Lambda:
        """`lambda x: body`."""
        self.check_parameters(parameters or [])
        return Lambda(from_token(word, body.span), None, tuple(parameters or ()), body, pythonic=True)

    def parameter(self, name: Token, annotation: Any, default: Any) -> Parameter:
        """`name: T = default`."""
        last = default or annotation
        span = from_token(name, last.span) if last else token_span(name)
        return Parameter(span, name[1], annotation, default)

    def plain_parameter(self, name: Token, default: Any) -> Parameter:
        """`name = default` of Python's lambda."""
        return self.parameter(name, None, default)

    def args_parameter(self, star: Token, name: Token, annotation: Any = None) -> Parameter:
        """`*name`."""
        span = from_token(star, annotation.span) if annotation else between(star, name)
        return Parameter(span, name[1], annotation, None, "args")

    def kwargs_parameter(self, stars: Token, name: Token, annotation: Any = None) -> Parameter:
        """`**name`."""
        span = from_token(stars, annotation.span) if annotation else between(stars, name)
        return Parameter(span, name[1], annotation, None, "kwargs")

    plain_args_parameter = args_parameter
    plain_kwargs_parameter = kwargs_parameter

    def star_parameter(self, star: Token) -> Parameter:
        """`*` alone."""
        return Parameter(token_span(star), "", None, None, "star")

    def slash_parameter(self, slash: Token) -> Parameter:
        """`/` alone, which Dana does not have."""
        self.problem("D0030", "Dana has no '/' among parameters", token_span(slash), "remove it")
        return Parameter(token_span(slash), "", None, None, "star")

    def check_parameters(self, parameters: list[Parameter]) -> None:
        """Names differ, defaults come last, `*` comes once, `**` at the end."""
        seen: set[str] = set()
        default = star = done = False
        for parameter in parameters:
            name, kind, span = parameter.name, parameter.kind, parameter.span
            if name and name in seen:
                self.problem("D0030", f"two parameters are named '{name}'", span)
            elif done:
                self.problem("D0030", f"'{name or '*'}' stands behind '**'", span, "'**' must be the last parameter")
            elif kind in ("args", "star") and star:
                self.problem("D0030", "a second '*' among parameters", span)
            elif kind == "plain" and default and not star and parameter.default is None:
                message = f"'{name}' has no default but stands behind a parameter that has one"
                self.problem("D0030", message, span, f"write '{name}' before it, or '{name} = ...'")
            seen.add(name)
            default = default or parameter.default is not None
            star = star or kind in ("args", "star")
            done = done or kind == "kwargs"

    def first_chain(self, left: Any, operator: Token, right: Any) -> list[Any]:
        """Start a row of operands and operators."""
        return [left, operator, right]

    def next_chain(self, row: list[Any], operator: Token, right: Any) -> list[Any]:
        """Add to a row of operands and operators."""
        row.append(operator)
        row.append(right)
        return row

    def prefixed(self, sign: Token, operand: Any) -> Prefixed:
        """`-x`, `not x`: kept as signs until the row is complete."""
        if type(operand) is Prefixed:
            operand.signs.append(sign)
            return operand
        return Prefixed([sign], operand)

    def one_operand(self, operand: Prefixed) -> Any:
        """Signs and an operand alone."""
        return resolve([operand])

    def operation(self, row: list[Any]) -> Any:
        """Order a row by precedence."""
        node = resolve(row)
        if type(node) is Pipe or any(token[1] == "as" for token in row[1::2]):
            self.check_captures(row, node)
        return node

    def check_captures(self, row: list[Any], node: Any) -> None:
        """`as` names a stage of a pipe, or the only stage of a declarative pipeline."""
        for stage in node.stages if type(node) is Pipe else ():
            self.loose_captures.pop(id(stage), None)
        if type(node) is Capture:
            self.loose_captures[id(node)] = node
            return
        named = sum(1 for token in row[1::2] if token[1] == "as")
        direct = sum(1 for stage in node.stages if type(stage) is Capture) if type(node) is Pipe else 0
        if direct < named:
            word = next(token for token in row[1::2] if token[1] == "as")
            self.problem("D0031", "'as' names a stage of a pipeline, but this is none", token_span(word),
                         "write 'f | g as name | h'")  # fmt: skip
