"""Expressions as Python: native operators wherever kinds allow, guards where text may meet a number.

`expression` writes any expression in place. `lower.Lowering` builds on it for statements, where operands can be put
into temporaries and a plain `try` makes the rules free of charge on the good path.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from dana_grammar import nodes as n
from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.operators import Operators
from dana_grammar.to_python.place import LOAD, STORE
from dana_grammar.to_python.scope import names_in_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_grammar.span import Span

FRAME_ATTRIBUTES = frozenset(
    "gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_origin ag_frame ag_code f_back f_builtins f_code f_globals "
    "f_locals f_trace tb_frame tb_next co_code co_consts func_globals func_code mro".split()
)
ALLOWED_DUNDERS = frozenset({"__name__", "__main__", "__doc__", "__file__", "__init__", "__all__", "__exports__"})
PLAIN_VALUES = (n.Number, n.Constant, n.Text, n.Unary)
"""What a default may be without looking whether it can change."""
CONVERSIONS = {"": -1, "s": 115, "r": 114, "a": 97}


def refuse(code: str, message: str, span: Span, hint: str) -> DanaSourceError:
    """Return the error for text that parses and can never be Dana."""
    return DanaSourceError((Diagnostic(code=code, message=message, span=span, hint=hint),))


def check_dunder(name: str, span: Span) -> None:
    """Refuse names that reach into the interpreter."""
    dunder = name.startswith("__") and name.endswith("__") and name not in ALLOWED_DUNDERS
    if dunder or name in FRAME_ATTRIBUTES:
        raise refuse("D1004", f"'{name}' is out of reach in Dana", span, "use the value's own fields and methods")


class Expressions(Operators):
    """Writes expressions of one scope at a time. `kinds` is what is known in the current scope."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.functions: frozenset[str] = frozenset()
        """Names of functions in scope, which `x.f()` may mean."""
        self.received: frozenset[str] = frozenset()
        """Names of receiver functions of this text on types other than its structs: they come before members."""
        self.enclosing: frozenset[str] = frozenset()
        """Names of the functions and modules around this scope, which are not the file's."""
        self.members: dict[int, frozenset[str]] = {}
        """Members of each struct that this text defines, by its bit."""
        self.in_function = False
        self.captured: dict[str, ast.expr] = {}
        """What names mean inside the arguments of a pipeline stage."""
        self.placeholder: ast.expr | None = None

    def expression(self, node: n.Expression) -> ast.expr:
        """Return the Python expression for `node`, guards included."""
        return _WRITERS[type(node)](self, node)

    # Atoms

    def _number(self, node: n.Number) -> ast.expr:
        return self.constant(node.value, node.span)

    def _constant(self, node: n.Constant) -> ast.expr:
        return self.constant(node.value, node.span)

    def _text(self, node: n.Text) -> ast.expr:
        return self.constant(node.value, node.span)

    def _name(self, node: n.Name) -> ast.expr:
        check_dunder(node.name, node.span)
        if node.name in self.captured:
            return self.captured[node.name]
        return self.name(node.name, node.span)

    def _scoped(self, node: n.ScopedName) -> ast.expr:
        check_dunder(node.name, node.span)
        if node.scope == "local":
            return self.name(node.name, node.span)
        table = self.name(f"_dana_{node.scope}", node.span)
        return self.at(ast.Subscript(table, self.constant(node.name, node.span), LOAD), node.span)

    def _placeholder(self, node: n.Placeholder) -> ast.expr:
        if self.placeholder is None:
            raise refuse("D1303", "'$$' stands outside a pipeline stage", node.span, "write it in a stage: a | f($$)")
        return self.placeholder

    def _formatted(self, node: n.FormattedText) -> ast.expr:
        return self.at(ast.JoinedStr([self._part(part, node.span) for part in node.parts]), node.span)

    def _part(self, part: str | n.Interpolation, span: Span) -> ast.expr:
        if isinstance(part, str):
            return self.constant(part, span)
        spec = None
        if part.spec:
            spec = self.at(ast.JoinedStr([self._part(piece, part.span) for piece in part.spec]), part.span)
        conversion = CONVERSIONS[part.conversion]
        if part.debug and not part.conversion and not part.spec:
            conversion = 114
        value = self.at(ast.FormattedValue(self.expression(part.value), conversion, spec), part.span)
        if not part.debug:
            return value
        return self.at(ast.JoinedStr([self.constant(part.debug, part.span), value]), part.span)

    def _joined(self, node: n.JoinedText) -> ast.expr:
        if all(isinstance(part, n.Text) for part in node.parts):
            values = [part.value for part in node.parts if isinstance(part, n.Text)]
            return self.constant(type(values[0])().join(values), node.span)  # type: ignore[arg-type]  # all of one kind
        pieces: list[ast.expr] = []
        for part in node.parts:
            if isinstance(part, n.Text):
                pieces.append(self.constant(part.value, part.span))
            else:
                pieces.extend(self._part(piece, part.span) for piece in part.parts)
        return self.at(ast.JoinedStr(pieces), node.span)

    # Members and calls

    def _attribute(self, node: n.Attribute) -> ast.expr:
        check_dunder(node.name, node.name_span)
        kind = self.kinds.of(node.value)
        value = self.expression(node.value)
        if node.name == "_type":  # how older programs ask for a type
            return self.helper("member", [value, self.constant(node.name, node.name_span)], node.span)
        if not kind & k.DICT:
            return self.at(ast.Attribute(value, node.name, LOAD), node.span)
        return self.guarded_attribute(value, node)

    def guarded_attribute(self, value: ast.expr, node: n.Attribute) -> ast.expr:
        """Return `value.name`, where a dict gives its key."""
        field = self.constant(node.name, node.name_span)
        if not isinstance(value, ast.Name) or node.name in k.DICT_METHODS:
            return self.helper("member", [value, field], node.span)
        native = self.at(ast.Attribute(value, node.name, LOAD), node.span)
        is_dict = self.helper("isinstance", [value, self.name("_dana_dict", node.span)], node.span)
        return self.at(ast.IfExp(is_dict, self.helper("member", [value, field], node.span), native), node.span)

    def _subscript(self, node: n.Subscript) -> ast.expr:
        return self.at(ast.Subscript(self.expression(node.value), self.expression(node.index), LOAD), node.span)

    def _slice(self, node: n.Slice) -> ast.expr:
        lower, upper, step = (
            self.expression(part) if part is not None else None for part in (node.lower, node.upper, node.step)
        )
        return self.at(ast.Slice(lower, upper, step), node.span)

    def _starred(self, node: n.Starred) -> ast.expr:
        return self.at(ast.Starred(self.expression(node.value), LOAD), node.span)

    def native_method(self, receiver: n.Expression, name: str) -> bool:
        """Whether `receiver.name(...)` is certainly a member of the value, or certainly nothing else."""
        kind = self.kinds.of(receiver)
        known = self.members.get(kind & ~k.NONE)
        if known is not None:
            return name in known
        if name in self.functions or name in self.received:
            return False
        return name in k.BUILTIN_METHODS or kind == k.OBJECT

    def _call(self, node: n.Call) -> ast.expr:
        function = node.function
        arguments, keywords = self.arguments(node.arguments)
        if not isinstance(function, n.Attribute):
            return self.at(ast.Call(self.expression(function), arguments, keywords), node.span)
        check_dunder(function.name, function.name_span)
        receiver = self.expression(function.value)
        callee = self.method(receiver, function)
        if function.name == "join" and len(arguments) == 1 and self.kinds.of(function.value) == k.STR:
            arguments = [self.helper("texts", arguments, node.span)]
        return self.at(ast.Call(callee, arguments, keywords), node.span)

    def method(self, receiver: ast.expr, function: n.Attribute) -> ast.expr:
        """Return what `receiver.name` calls, found when it runs unless that is certain."""
        if function.name in {"format", "format_map"} and self.kinds.of(function.value) & k.STR:
            return self.helper("formatter", [receiver, self.constant(function.name, function.name_span)], function.span)
        if self.native_method(function.value, function.name):
            return self.at(ast.Attribute(receiver, function.name, LOAD), function.span)
        return self.helper("method", [receiver, *self.method_details(function)], function.span)

    def method_details(self, function: n.Attribute) -> list[ast.expr]:
        """Return the method's name and, where one may be in a function's scope, how to get a function of that name.

        The runtime finds those of the file by itself.
        """
        span = function.name_span
        details: list[ast.expr] = [self.constant(function.name, span)]
        if function.name in self.enclosing or (self.in_function and function.name in self.kinds.names):
            details.append(self.thunk(self.name(function.name, span), span))
        return details

    def arguments(self, arguments: tuple[n.Argument, ...]) -> tuple[list[ast.expr], list[ast.keyword]]:
        """Return positional and keyword arguments of a call."""
        positional: list[ast.expr] = []
        keywords: list[ast.keyword] = []
        for argument in arguments:
            if isinstance(argument, n.Keyword):
                value = self.expression(argument.value)
                keywords.append(self.at(ast.keyword(argument.name or None, value), argument.span))
            else:
                positional.append(self.expression(argument))
        return positional, keywords

    # Displays, comprehensions, lambdas

    def _walrus(self, node: n.Walrus) -> ast.expr:
        check_dunder(node.target.name, node.target.span)
        target = self.stored(node.target.name, node.target.span)
        return self.at(ast.NamedExpr(target, self.expression(node.value)), node.span)

    def _list(self, node: n.ListDisplay) -> ast.expr:
        return self.at(ast.List(self.expressions(node.items), LOAD), node.span)

    def _tuple(self, node: n.TupleDisplay) -> ast.expr:
        return self.tuple(self.expressions(node.items), node.span)

    def _set(self, node: n.SetDisplay) -> ast.expr:
        return self.at(ast.Set(self.expressions(node.items)), node.span)

    def _dict(self, node: n.DictDisplay) -> ast.expr:
        keys = [self.expression(entry.key) if entry.key is not None else None for entry in node.entries]
        return self.at(ast.Dict(keys, [self.expression(entry.value) for entry in node.entries]), node.span)

    def _comprehension(self, node: n.Comprehension) -> ast.expr:
        saved = dict(self.kinds.names), self.captured, self.enclosing
        generators = [self._clause(clause) for clause in node.clauses]
        element = self.expression(node.element)
        value = self.expression(node.value) if node.value is not None else None
        self.kinds.names, self.captured, self.enclosing = saved
        if value is not None:
            return self.at(ast.DictComp(element, value, generators), node.span)
        shape: dict[str, Callable[[ast.expr, list[ast.comprehension]], ast.expr]] = {
            "list": ast.ListComp, "set": ast.SetComp, "generator": ast.GeneratorExp,
        }  # fmt: skip
        return self.at(shape[node.kind](element, generators), node.span)

    def _clause(self, clause: n.Clause) -> ast.comprehension:
        walrus, self.walrus = self.walrus, False
        element = self.kinds.element(clause.iterable)
        iterable = self.expression(clause.iterable)
        self.walrus = walrus
        names = set(names_in_target(clause.target))
        self.captured = {name: value for name, value in self.captured.items() if name not in names}
        self.enclosing |= names
        for name in names:
            self.kinds.names[name] = element if isinstance(clause.target, n.Name) else k.ANY
        return ast.comprehension(self.target(clause.target), iterable, [self.test(c) for c in clause.conditions], 0)

    def target(self, node: n.Expression) -> ast.expr:
        """Return an assignment target; `expression` with the context of a store."""
        match node:
            case n.Name():
                check_dunder(node.name, node.span)
                return self.stored(node.name, node.span)
            case n.TupleDisplay():
                return self.at(ast.Tuple([self.target(item) for item in node.items], STORE), node.span)
            case n.ListDisplay():
                return self.at(ast.List([self.target(item) for item in node.items], STORE), node.span)
            case n.Starred():
                return self.at(ast.Starred(self.target(node.value), STORE), node.span)
            case n.ScopedName() | n.Attribute() | n.Subscript():
                return self._stored_place(node)
            case _:
                hint = "assign to a name, a field, an item or a tuple of those"
                raise refuse("D0030", "this cannot be assigned to", node.span, hint)

    def _stored_place(self, node: n.ScopedName | n.Attribute | n.Subscript) -> ast.expr:
        if isinstance(node, n.Attribute):
            check_dunder(node.name, node.name_span)
            return self.at(ast.Attribute(self.expression(node.value), node.name, STORE), node.span)
        if isinstance(node, n.Subscript):
            return self.at(ast.Subscript(self.expression(node.value), self.expression(node.index), STORE), node.span)
        if node.scope == "local":
            return self.stored(node.name, node.span)
        place = self._scoped(node)
        assert isinstance(place, ast.Subscript)
        return self.at(ast.Subscript(place.value, place.slice, STORE), node.span)

    def _lambda(self, node: n.Lambda) -> ast.expr:
        parameters = node.parameters if node.receiver is None else (node.receiver, *node.parameters)
        arguments = self.signature(parameters)
        saved = self.kinds.names, self.captured, self.enclosing
        names = {parameter.name for parameter in parameters}
        self.enclosing |= names
        self.kinds.names = saved[0] | dict.fromkeys(names, k.ANY)
        self.captured = {name: value for name, value in saved[1].items() if name not in names}
        body = self.expression(node.body)
        self.kinds.names, self.captured, self.enclosing = saved
        written = self.at(ast.Lambda(arguments, body), node.span)
        if all(parameter.default is None or isinstance(parameter.default, PLAIN_VALUES) for parameter in parameters):
            return written
        return self.helper("own_defaults", [written], node.span)

    def signature(self, parameters: tuple[n.Parameter, ...]) -> ast.arguments:
        """Return Python's parameters; annotations are left to the caller."""
        result = ast.arguments([], [], None, [], [], None, [])
        for parameter in parameters:
            if parameter.name:
                check_dunder(parameter.name, parameter.span)
            self._add_parameter(result, parameter)
        return result

    def _add_parameter(self, result: ast.arguments, parameter: n.Parameter) -> None:
        written = self.at(ast.arg(parameter.name), parameter.span)
        default = self.expression(parameter.default) if parameter.default is not None else None
        if parameter.kind == "args":
            result.vararg = written
        elif parameter.kind == "kwargs":
            result.kwarg = written
        elif parameter.kind == "plain":
            if result.vararg is not None or result.kwonlyargs:
                result.kwonlyargs.append(written)
                result.kw_defaults.append(default)
            else:
                result.args.append(written)
                self._add_default(result, default, parameter)

    def _add_default(self, result: ast.arguments, default: ast.expr | None, parameter: n.Parameter) -> None:
        if default is not None:
            result.defaults.append(default)
        elif result.defaults:
            hint = "put parameters without a default first"
            raise refuse("D0031", f"'{parameter.name}' has no default and follows one that has", parameter.span, hint)

    # Pipelines are written by `pipelines.Pipelines`

    def _pipe(self, node: n.Pipe) -> ast.expr:
        raise NotImplementedError  # pragma: no cover - replaced by the class that writes pipelines

    def _capture(self, node: n.Capture) -> ast.expr:
        raise refuse("D0031", "'as' names a stage only inside a pipeline", node.span, "write: f as name | g")


_WRITERS: dict[type, Callable[[Any, Any], ast.expr]] = {
    n.Number: Expressions._number, n.Constant: Expressions._constant, n.Text: Expressions._text,
    n.FormattedText: Expressions._formatted, n.JoinedText: Expressions._joined, n.Name: Expressions._name,
    n.ScopedName: Expressions._scoped, n.Placeholder: Expressions._placeholder, n.Attribute: Expressions._attribute,
    n.Subscript: Expressions._subscript, n.Slice: Expressions._slice, n.Starred: Expressions._starred,
    n.Call: Expressions._call, n.Unary: Expressions._unary, n.Binary: Expressions._binary,
    n.Pipe: lambda writer, node: writer._pipe(node), n.Capture: Expressions._capture,
    n.Logical: Expressions._logical, n.Compare: Expressions._compare, n.Conditional: Expressions._conditional,
    n.Walrus: Expressions._walrus, n.Lambda: Expressions._lambda, n.ListDisplay: Expressions._list,
    n.TupleDisplay: Expressions._tuple, n.SetDisplay: Expressions._set, n.DictDisplay: Expressions._dict,
    n.Comprehension: Expressions._comprehension,
}  # fmt: skip
