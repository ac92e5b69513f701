"""Functions as Python functions: defaults, checked parameters, receivers, decorators."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from dana_grammar import nodes as n
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.expressions import PLAIN_VALUES
from dana_grammar.to_python.infer import infer
from dana_grammar.to_python.place import LOAD
from dana_grammar.to_python.statements import Statements
from dana_grammar.to_python.versions import number_candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_grammar.span import Span

AGENT_METHODS = frozenset({"plan", "solve", "reason", "chat", "remember", "recall", "log", "get_metrics"})
LITERALS = (n.ListDisplay, n.DictDisplay, n.SetDisplay)


class Functions(Statements):
    """Writes function definitions."""

    def function(self, node: n.Function) -> None:
        """Write `def`; a receiver function becomes a method of its types."""
        if node.receiver is not None:
            self._receiver_function(node, node.receiver)
            return
        self.out.append(self.function_def(node, node.name, node.parameters))
        first = node.parameters[0].annotation if node.parameters else None
        if node.name in AGENT_METHODS and isinstance(first, n.Name) and first.name not in k.ANNOTATIONS:
            self._receive(
                node, node.name, [self.thunk(self.name(first.name, first.span), first.span)], "receive_of_agent"
            )

    def _receiver_function(self, node: n.Function, receiver: n.Parameter) -> None:
        hidden = self.temporary() + "_" + node.name
        self.out.append(self.function_def(node, hidden, (receiver, *node.parameters), shown=node.name))
        types = receiver.annotation.stages if isinstance(receiver.annotation, n.Pipe) else (receiver.annotation,)
        self._receive(node, hidden, [self.type_of(kind) for kind in types])

    def _receive(self, node: n.Function, function: str, types: Sequence[ast.expr], helper: str = "receive") -> None:
        details = [self.constant(node.name, node.name_span), self.name(function, node.name_span), *types]
        self.out.append(self.at(ast.Expr(self.helper(helper, details, node.name_span)), node.name_span))

    def function_def(
        self, node: n.Function, name: str, parameters: tuple[n.Parameter, ...], *, owner: int = 0, shown: str = ""
    ) -> ast.FunctionDef:
        """Return the Python function. `owner` is the kind of `self` in a method."""
        arguments, first = self.checked_signature(parameters, node.span)
        self.annotate(arguments, parameters)
        outer, self.returns = self.returns, (node.name, self._types_to_check(node.returns))
        body = self.body(node.body, parameters, node.name, owner=owner)
        self.returns = outer
        decorators = self.expressions(node.decorators)
        if shown:
            decorators.append(self.helper("named", [self.constant(shown, node.name_span)], node.name_span))
        written = self.function_node(name, arguments, [*first, *body], node.span, decorators)
        if node.returns is not None:
            written.returns = self.annotation(node.returns)
        return written

    def annotate(self, arguments: ast.arguments, parameters: tuple[n.Parameter, ...]) -> None:
        """Put annotations on Python parameters, as text that tools can read."""
        written = {arg.arg: arg for arg in (*arguments.args, *arguments.kwonlyargs)}
        for parameter in parameters:
            if parameter.annotation is not None and parameter.name in written:
                written[parameter.name].annotation = self.annotation(parameter.annotation)

    def annotation(self, node: n.Expression) -> ast.expr:
        """Return an annotation; it becomes text and is never run with the definition."""
        captured, self.captured = self.captured, {}
        saved, self.kinds = self.kinds, self.kinds.inner()
        result = self._annotation(node)
        self.captured, self.kinds = captured, saved
        return result

    def _annotation(self, node: n.Expression) -> ast.expr:
        if isinstance(node, n.Pipe):
            parts = [self._annotation(stage) for stage in node.stages]
            whole = parts[0]
            for part in parts[1:]:
                whole = self.at(ast.BinOp(whole, ast.BitOr(), part), node.span)
            return whole
        return self.expression(node)

    def checked_signature(
        self, parameters: tuple[n.Parameter, ...], span: Span
    ) -> tuple[ast.arguments, list[ast.stmt]]:
        """Return Python's parameters, and statements for the start of the body: fresh defaults, checked structs."""
        first: list[ast.stmt] = []
        plain = []
        for parameter in parameters:
            default = parameter.default
            if default is None or isinstance(default, PLAIN_VALUES):
                plain.append(parameter)
            else:
                plain.append(self._late_default(parameter, first))
            if parameter.annotation is not None and parameter.kind == "plain":
                self._checked_parameter(parameter, parameter.annotation, first)
        del span
        return self.signature(tuple(plain)), first

    def _late_default(self, parameter: n.Parameter, first: list[ast.stmt]) -> n.Parameter:
        """Return a parameter whose default is evaluated with the definition and made anew for each call."""
        assert parameter.default is not None
        default, span = parameter.default, parameter.default.span
        value, own = self.name(parameter.name, span), "_dana_missing"
        held: ast.expr = value
        if isinstance(default, LITERALS) and all(
            isinstance(part, (*PLAIN_VALUES, *LITERALS, n.DictEntry)) for part in _parts(default)
        ):
            written: n.Expression = n.Name(span, own)
            fresh = self.expression(default)
        else:
            written = n.Call(span, n.Name(span, "_dana_default"), (default,))
            own = "_dana_Default"
            held = self.helper("class", [value], span)
            fresh = self.call(self.at(ast.Attribute(value, "fresh", LOAD), span), [], span)
        test = self.at(ast.Compare(held, [ast.Is()], [self.name(own, span)]), span)
        first.append(self.at(ast.If(test, [self.assign(parameter.name, fresh, span)], []), span))
        return n.Parameter(parameter.span, parameter.name, parameter.annotation, written, parameter.kind)

    def _checked_parameter(self, parameter: n.Parameter, annotation: n.Expression, first: list[ast.stmt]) -> None:
        """Add the check of a parameter whose annotation is a struct, an interface or an imported type."""
        types = self._types_to_check(annotation)
        if types:
            shown = f"parameter '{parameter.name}' takes"
            first.append(self._type_check(self.name(parameter.name, parameter.span), types, shown, parameter.span))

    def _types_to_check(self, annotation: n.Expression | None) -> list[n.Name]:
        """Return the types that an annotation names when all of them can be checked; none fits any."""
        members = annotation.stages if isinstance(annotation, n.Pipe) else (annotation,)
        others = self.kinds.names.keys() - self.checked_types
        found = [m for m in members if isinstance(m, n.Name) and m.name in self.checked_types and m.name not in others]
        nothing = [m for m in members if isinstance(m, n.Constant) and m.value is None]
        return found if len(found) + len(nothing) == len(members) else []

    def _type_check(self, value: ast.expr, types: list[n.Name], shown: str, span: Span) -> ast.stmt:
        """Return the check of a value, behind a look at its class that most values pass."""
        targets = [self.name(name.name, name.span) for name in types]
        own = self.at(ast.Attribute(value, "__class__", LOAD), span)
        tests: list[ast.expr] = [self.at(ast.Compare(own, [ast.IsNot()], [target]), span) for target in targets]
        test = tests[0] if len(tests) == 1 else self.at(ast.BoolOp(ast.And(), tests), span)
        check = self.at(ast.Expr(self.helper("must_be", [value, self.constant(shown, span), *targets], span)), span)
        return self.at(ast.If(test, [check], []), span)

    def checked_result(self, value: n.Expression, span: Span) -> n.Expression:
        """Return a result, checked where the function says that it is a struct or fits an interface."""
        name, types = self.returns
        sure = {self.kinds.structs.get(one.name) for one in types}
        if not types or self.kinds.of(value) in sure or isinstance(value, n.Constant):
            return value
        held = self.temporary()
        self.kinds.names[held] = self.kinds.of(value)
        self.attempt(self.lower(value), lambda v: self.assign(held, v, span), span)
        self.out.append(self._type_check(self.name(held, span), types, f"{name}() gives", span))
        return n.Name(span, held)

    returns: tuple[str, list[n.Name]] = ("", [])
    """Name and result types of the function that is being written, as far as they are checked."""

    checked_types: frozenset[str]
    """Names of structs, interfaces and imported names, which a parameter's annotation is checked against."""

    def body(self, body: n.Block, parameters: tuple[n.Parameter, ...], name: str, *, owner: int = 0) -> list[ast.stmt]:
        """Return the statements of a function body in a scope of its own."""
        saved = self.kinds, self.in_function, self.out, self.walrus, self.functions, self.enclosing
        if self.in_function:
            self.enclosing |= self.kinds.names.keys()
        self.in_scope_of_function = self.in_function
        self.in_function, self.out, self.walrus = True, [], True
        self.kinds = self.inner_kinds()
        infer(self.kinds, body, self._known(parameters, owner))
        inner = {s.name for s in body if isinstance(s, n.Function) and s.receiver is None}
        self.functions = self.functions | inner
        written: list[ast.stmt] = []
        doc = body[0] if body else None
        if (
            isinstance(doc, n.ExpressionStatement)
            and isinstance(doc.value, n.Text)
            and isinstance(doc.value.value, str)
        ):
            is_doc = len(body) > 1 or doc.value.source.lstrip("rR").startswith(('"""', "'''"))
            if is_doc:
                written = [self.at(ast.Expr(self.constant(doc.value.value, doc.span)), doc.span)]
                body = body[1:]
        if body:
            written = [*written, *self._quick_version(body, parameters, owner), *self.block(body, "return")]
        self.kinds, self.in_function, self.out, self.walrus, self.functions, self.enclosing = saved
        del name
        return written

    def _quick_version(self, body: n.Block, parameters: tuple[n.Parameter, ...], owner: int) -> list[ast.stmt]:
        """Return the body once more for whole numbers, behind a look at the classes of the parameters."""
        names = number_candidates(parameters, body)
        if not names:
            return []
        general = self.kinds
        self.kinds = self.inner_kinds()
        infer(self.kinds, body, self._known(parameters, owner) | dict.fromkeys(names, k.INT))
        quick = self.block(body, "return")
        self.kinds = general
        span = body[0].span
        if not isinstance(quick[-1], ast.Return | ast.Raise):
            quick.append(self.at(ast.Return(None), span))
        tests: list[ast.expr] = []
        for name in names:
            own = self.at(ast.Attribute(self.name(name, span), "__class__", LOAD), span)
            tests.append(self.at(ast.Compare(own, [ast.Is()], [self.name("_dana_int", span)]), span))
        test = tests[0] if len(tests) == 1 else self.at(ast.BoolOp(ast.And(), tests), span)
        return [self.at(ast.If(test, quick, []), span)]

    def inner_kinds(self) -> k.Kinds:
        """Return the kinds of a new function scope; names of the function around it are not the module's."""
        inner = self.kinds.inner()
        if self.in_scope_of_function:
            inner.globals = {name: kind for name, kind in inner.globals.items() if name not in self.kinds.names}
            inner.hidden = (inner.hidden or frozenset()) | self.kinds.names.keys()
        return inner

    in_scope_of_function = False

    def _known(self, parameters: tuple[n.Parameter, ...], owner: int) -> dict[str, int]:
        known = {}
        for index, parameter in enumerate(parameters):
            known[parameter.name] = self._parameter_kind(parameter)
            if parameter.kind == "args":
                known[parameter.name] = k.TUPLE
            elif parameter.kind == "kwargs":
                known[parameter.name] = k.DICT
            elif index == 0 and owner and parameter.name == "self":
                known[parameter.name] = owner
        return known

    def _parameter_kind(self, parameter: n.Parameter) -> int:
        annotation = parameter.annotation
        if isinstance(annotation, n.Name) and annotation.name in self.kinds.structs:
            return self.kinds.structs[annotation.name] | k.NONE
        if isinstance(annotation, n.Pipe):
            bits = 0
            for stage in annotation.stages:
                bit = self.kinds.structs.get(stage.name) if isinstance(stage, n.Name) else None
                if bit is None:
                    return k.ANY
                bits |= bit
            return k.ANY if len(annotation.stages) > 1 else bits
        return k.ANY


def _parts(node: n.Expression) -> list[n.Node]:
    """Return everything inside a display."""
    from dana_grammar.to_python.scope import everything

    return list(everything([node]))
