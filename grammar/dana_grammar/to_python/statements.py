"""Statements as Python, with the value of the last expression of a function as its result."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Literal

from dana_grammar import nodes as n
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.expressions import ARITHMETIC, check_dunder
from dana_grammar.to_python.lower import Lowering
from dana_grammar.to_python.patterns import pattern
from dana_grammar.to_python.place import LOAD, STORE
from dana_grammar.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable


Tail = Literal["", "return", "result"]
"""What becomes of the last expression of a block: nothing, the function's result, or the program's."""

ASKS_MODEL = frozenset({"reason", "llm", "context_aware_reason", "ask"})
MODEL_METHODS = frozenset({"reason", "solve", "chat", "plan", "query"})
SIMPLE = (n.Name, n.Number, n.Constant, n.Text)
BASIC = {"int": k.INT, "float": k.FLOAT, "str": k.STR, "bool": k.BOOL, "list": k.LIST, "dict": k.DICT}


class Statements(Lowering):
    """Writes statements into `out`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.in_function = False
        self.known_types: frozenset[str] = frozenset()
        """Names that annotations may use at run time; others mean any type."""

    def block(self, body: n.Block, tail: Tail = "") -> list[ast.stmt]:
        """Return the Python statements of a block, never empty."""
        outer, self.out = self.out, []
        for statement in body[:-1]:
            self.statement(statement)
        if body:
            self.last(body[-1], tail)
        written, self.out = self.out, outer
        if not written:
            written = [self.at(ast.Pass(), body[0].span if body else Span(1, 1, 1, 1))]
        return written

    def statement(self, node: n.Statement) -> None:
        """Write one statement whose value nobody uses."""
        _WRITERS[type(node)](self, node)

    def last(self, node: n.Statement, tail: Tail) -> None:
        """Write the last statement of a block; in tail position its value is the result."""
        if not tail:
            self.statement(node)
        elif isinstance(node, n.ExpressionStatement):
            self.give(node.value, node.span, tail)
        elif isinstance(node, n.If):
            self._if(node, tail)
        elif isinstance(node, n.Try):
            self._try(node, tail)
        elif isinstance(node, n.With):
            self._with(node, tail)
        elif isinstance(node, n.Match):
            self._match(node, tail)
        else:
            self.statement(node)

    def give(self, value: n.Expression, span: Span, tail: Tail) -> None:
        """Write what hands `value` on as the result."""
        if tail == "return":
            self.attempt(self.lower(value), lambda v: self.at(ast.Return(v), span), span)
        else:
            self.attempt(self.lower(value), lambda v: self.assign("_dana_result", v, span), span)

    def _expression(self, node: n.ExpressionStatement) -> None:
        self.attempt(self.lower(node.value), lambda value: self.at(ast.Expr(value), node.span), node.span)

    # Assignment

    def _assign(self, node: n.Assign) -> None:
        if len(node.targets) == 1:
            self.store(node.targets[0], self.lower(node.value), self.kinds.of(node.value), node)
            return
        name = self.temporary()
        self.kinds.names[name] = self.kinds.of(node.value)
        self.attempt(self.lower(node.value), lambda value: self.assign(name, value, node.span), node.span)
        for target in node.targets:
            self.store(target, self._lowered_name(name, node.span), self.kinds.names[name], node)

    def _lowered_name(self, name: str, span: Span) -> Any:
        return self.lower(n.Name(span, name))

    def store(self, target: n.Expression, lowered: Any, kind: int, node: n.Node) -> None:
        """Write `target = value`."""
        span = node.span
        if isinstance(target, n.Attribute):
            self._store_attribute(target, lowered, kind, node)
        elif isinstance(target, n.TupleDisplay | n.ListDisplay) and self._has_fields(target):
            self._store_fields(target, lowered, node)
        elif isinstance(target, n.Subscript) and self.guarded(target):
            place = n.Subscript(target.span, self._held(target.value), self._held(target.index))
            self.attempt(lowered, lambda value: self.at(ast.Assign([self.target(place)], value), span), span)
        else:
            self.attempt(lowered, lambda value: self.at(ast.Assign([self.target(target)], value), span), span)

    def _held(self, node: n.Expression) -> n.Expression:
        """Return a Dana node that stands for the value of `node`, computed now."""
        if not self.guarded(node):
            return node
        name = self.temporary()
        self.kinds.names[name] = self.kinds.of(node)
        self.attempt(self.lower(node), lambda value: self.assign(name, value, node.span), node.span)
        return n.Name(node.span, name)

    def _has_fields(self, target: n.Expression) -> bool:
        if isinstance(target, n.TupleDisplay | n.ListDisplay):
            return any(self._has_fields(item) for item in target.items)
        return isinstance(target, n.Attribute)

    def _store_fields(self, target: n.TupleDisplay | n.ListDisplay, lowered: Any, node: n.Node) -> None:
        """Unpack into names first, then store each where it belongs."""
        names = [self.temporary() for _ in target.items]
        places = [
            n.Starred(item.span, n.Name(item.span, name)) if isinstance(item, n.Starred) else n.Name(item.span, name)
            for item, name in zip(target.items, names, strict=True)
        ]
        unpacked = n.TupleDisplay(target.span, tuple(places))
        self.attempt(lowered, lambda v: self.at(ast.Assign([self._temporaries_target(unpacked)], v), node.span), node.span)
        for item, name in zip(target.items, names, strict=True):
            inner = item.value if isinstance(item, n.Starred) else item
            self.kinds.names[name] = k.ANY
            self.store(inner, self._lowered_name(name, item.span), k.ANY, node)

    def _temporaries_target(self, target: n.TupleDisplay) -> ast.expr:
        items: list[ast.expr] = []
        for item in target.items:
            if isinstance(item, n.Starred) and isinstance(item.value, n.Name):
                items.append(self.at(ast.Starred(self.stored(item.value.name, item.span), STORE), item.span))
            elif isinstance(item, n.Name):
                items.append(self.stored(item.name, item.span))
        return self.at(ast.Tuple(items, STORE), target.span)

    def _store_attribute(self, target: n.Attribute, lowered: Any, kind: int, node: n.Node) -> None:
        check_dunder(target.name, target.name_span)
        owner = self.kinds.of(target.value)
        if not owner & k.DICT:
            setter = self.setters.get((owner & ~k.NONE, target.name))
            if setter is not None:
                self._store_checked(target, lowered, kind, setter, node)
                return
            self.attempt(lowered, lambda v: self.at(ast.Assign([self.target(target)], v), node.span), node.span)
            return
        name = self.temporary()
        self.attempt(lowered, lambda value: self.assign(name, value, node.span), node.span)
        place = self.settled(target.value)
        field = self.constant(target.name, target.name_span)
        call = self.helper("set_member", [place, field, self.name(name, node.span)], node.span)
        native = self.at(ast.Attribute(place, target.name, STORE), target.span)
        direct = self.at(ast.Assign([native], self.name(name, node.span)), node.span)
        is_dict = self.helper("isinstance", [place, self.name("_dana_dict", target.span)], target.span)
        self.out.append(self.at(ast.If(is_dict, [self.at(ast.Expr(call), node.span)], [direct]), node.span))

    setters: dict[tuple[int, str], tuple[str, str]]
    """For fields of structs that this text defines: the name of the slot's setter and the basic type, or nothing."""

    def _store_checked(self, target: n.Attribute, lowered: Any, kind: int, setter: tuple[str, str], node: n.Node) -> None:
        """Store into a slot directly, after a look at the class of the value."""
        span = node.span
        function, basic = setter
        if BASIC.get(basic) == kind:
            self.attempt(
                lowered,
                lambda v: self.at(ast.Expr(self.call(self.name(function, span), [self.expression(target.value), v], span)), span),
                span,
            )
            return
        name = self.temporary()
        self.attempt(lowered, lambda value: self.assign(name, value, span), span)
        held = self.name(name, span)
        slot = self.call(self.name(function, span), [self.expression(target.value), held], span)
        if not basic:
            self.out.append(self.at(ast.Assign([self.target(target)], held), span))
            return
        test = ast.Compare(self.at(ast.Attribute(held, "__class__", LOAD), span), [ast.Is()], [self.name(f"_dana_{basic}", span)])
        checked = self.at(ast.Assign([self.target(target)], held), span)
        self.out.append(self.at(ast.If(self.at(test, span), [self.at(ast.Expr(slot), span)], [checked]), span))

    def _typed(self, node: n.TypedAssign) -> None:
        if node.value is None:
            return
        if self._already(node.annotation, node.value):
            self.store(node.target, self.lower(node.value), self.kinds.of(node.value), node)
            return
        target = self.type_of(node.annotation)
        value = self.asked(node.value, target)
        name = self.temporary()
        self.attempt(value, lambda v: self.assign(name, v, node.span), node.span)
        held = self.name(name, node.value.span)
        deep = isinstance(node.value, n.ListDisplay | n.DictDisplay | n.TupleDisplay | n.SetDisplay) or self.asks(node.value)
        details = [held, target] + ([self.constant(value=True, span=node.span)] if deep else [])
        coerced: ast.expr = self.helper("coerce", details, node.span)
        basic = node.annotation.name if isinstance(node.annotation, n.Name) else ""
        if basic in BASIC and basic not in self.kinds.shadowed:
            own = ast.Compare(
                self.at(ast.Attribute(held, "__class__", LOAD), node.span), [ast.Is()],
                [self.name(f"_dana_{basic}", node.span)],
            )  # fmt: skip
            coerced = self.at(ast.IfExp(self.at(own, node.span), held, coerced), node.span)
        kind = self.kinds.annotated(node.annotation)
        self.store(node.target, self.done(coerced), kind, node)

    def done(self, value: ast.expr) -> Any:
        """Return a finished Python expression in lowered form."""
        from dana_grammar.to_python.lower import Lowered

        return Lowered(value, None, pure=False)

    def _already(self, annotation: n.Expression, value: n.Expression) -> bool:
        """Whether `value` certainly has the annotated type already."""
        if isinstance(annotation, n.Name):
            if annotation.name in {"any", "Any", "object"} or annotation.name not in self.known_types:
                return not self.asks(value)
            return BASIC.get(annotation.name) == self.kinds.of(value) and annotation.name not in self.kinds.shadowed
        return False

    def asks(self, node: n.Expression) -> bool:
        """Whether `node` is a call that asks a model, whose answer is shaped by the target's type."""
        if not isinstance(node, n.Call):
            return False
        if isinstance(node.function, n.Attribute):
            return node.function.name in MODEL_METHODS
        return isinstance(node.function, n.Name) and self._is_asking(node.function.name)

    def _is_asking(self, name: str) -> bool:
        return name in ASKS_MODEL and name not in self.kinds.shadowed and name not in self.kinds.names

    def asked(self, node: n.Expression, target: ast.expr) -> Any:
        """Return `node` lowered; a question to a model is told the type that is wanted."""
        lowered = self.lower(node)
        if isinstance(node, n.Call) and isinstance(node.function, n.Name) and self._is_asking(node.function.name):
            assert isinstance(lowered.fast, ast.Call)
            if not any(word.arg == "shape" for word in lowered.fast.keywords):
                lowered.fast.keywords.append(self.at(ast.keyword("shape", target), node.span))
        return lowered

    def type_of(self, node: n.Expression | None) -> ast.expr:
        """Return the Python expression for an annotation; a type that nobody defines means any type."""
        if node is None:
            return self.name("_dana_any", Span(1, 1, 1, 1))
        match node:
            case n.Name() if node.name in {"any", "Any", "object"} or node.name not in self.known_types:
                return self.name("_dana_any", node.span)
            case n.Name() if node.name in k.ANNOTATIONS and node.name not in self.kinds.shadowed:
                return self.name(f"_dana_{node.name}", node.span)
            case n.Name():
                return self._name(node)
            case n.Constant():
                return self.name("_dana_none_type", node.span)
            case n.Subscript():
                arguments = node.index.items if isinstance(node.index, n.TupleDisplay) else (node.index,)
                parts = [self.type_of(argument) for argument in arguments]
                return self.helper("generic", [self.type_of(node.value), *parts], node.span)
            case n.Pipe():
                return self.helper("union", [self.type_of(stage) for stage in node.stages], node.span)
            case n.Attribute():
                return self.expression(node)
            case _:
                return self.name("_dana_any", node.span)

    def _augmented(self, node: n.AugmentedAssign) -> None:
        target = node.target
        whole_kinds = self.kinds.of(target), self.kinds.of(node.value)
        if isinstance(target, n.Attribute):
            target = n.Attribute(target.span, self._once(target.value), target.name, target.name_span)
        elif isinstance(target, n.Subscript):
            target = n.Subscript(target.span, self._once(target.value), self._once(target.index))
        value = self.value(node.value)
        expand = node.operator == "+" and k.needs_mixing(*whole_kinds)
        simple = isinstance(target, n.Attribute) and not whole_kinds[0] & ~(k.NUMBER | k.STR | k.NONE)
        if isinstance(target, n.Attribute) and (simple or self.kinds.of(target.value) & k.DICT):
            self._augment_member(target, node, value)
            return
        self._augment_native(target, node, value, expand=expand)

    def _augment_native(self, target: n.Expression, node: n.AugmentedAssign, value: ast.expr, *, expand: bool) -> None:
        span = node.span
        place = self.target(target)
        assert isinstance(place, ast.Name | ast.Attribute | ast.Subscript)
        native = self.at(ast.AugAssign(place, ARITHMETIC[node.operator](), value), span)
        if not expand and node.operator != "|":
            self.out.append(native)
            return
        held = self.settle_expression(value, span) if not isinstance(value, ast.Name | ast.Constant) else value
        native.value = held
        rule = "add" if node.operator == "+" else "pipe"
        again = self.at(ast.Assign([place], self.helper(rule, [self.expression(target), held], span)), span)
        handler = self.at(ast.ExceptHandler(self.name("_dana_TypeError", span), None, [again]), span)
        self.out.append(self.at(ast.Try([native], [handler], [], []), span))

    def settle_expression(self, value: ast.expr, span: Span) -> ast.Name:
        """Give a Python expression a name."""
        name = self.temporary()
        self.out.append(self.assign(name, value, span))
        return self.name(name, span)

    def _once(self, node: n.Expression) -> n.Expression:
        """Return a Dana node that can be written twice and is computed once."""
        if isinstance(node, n.Name | n.Number | n.Text | n.Constant):
            return node
        name = self.temporary()
        self.kinds.names[name] = self.kinds.of(node)
        self.attempt(self.lower(node), lambda value: self.assign(name, value, node.span), node.span)
        return n.Name(node.span, name)

    def _augment_member(self, target: n.Attribute, node: n.AugmentedAssign, value: ast.expr) -> None:
        """Write `o.a += v` as read, operation and checked store."""
        span = node.span
        name = self.temporary()
        self.kinds.names[name] = self.kinds.of(target)
        self.attempt(self.lower(target), lambda v: self.assign(name, v, span), span)
        held = n.Name(node.value.span, self.temporary())
        self.kinds.names[held.name] = self.kinds.of(node.value)
        self.out.append(self.assign(held.name, value, span))
        self._augmented(n.AugmentedAssign(span, n.Name(target.span, name), node.operator, held))
        if node.operator == "|":
            kind = k.ANY
        else:
            kind = self.kinds.of(n.Binary(span, n.Name(span, name), node.operator, held))
        self.store(target, self._lowered_name(name, span), kind, node)

    # Simple statements

    def _return(self, node: n.Return) -> None:
        if not self.in_function:
            value = self.constant(None, node.span) if node.value is None else self.value(node.value)
            self.out.append(self.at(ast.Raise(self.helper("finished", [value], node.span), None), node.span))
        elif node.value is None:
            self.out.append(self.at(ast.Return(None), node.span))
        else:
            self.give(node.value, node.span, "return")

    def _raise(self, node: n.Raise) -> None:
        if node.exception is None:
            self.out.append(self.at(ast.Raise(None, None), node.span))
            return
        error = self.helper("error", [self.value(node.exception)], node.span)
        cause = node.cause and self.helper("error", [self.value(node.cause)], node.span)
        self.out.append(self.at(ast.Raise(error, cause), node.span))

    def _assert(self, node: n.Assert) -> None:
        test = self.test_now(node.test)
        outer, self.out = self.out, []
        message = [self.value(node.message)] if node.message is not None else []
        failed = self.call(self.name("_dana_AssertionError", node.span), message, node.span)
        body = [*self.out, self.at(ast.Raise(failed, None), node.span)]
        self.out = outer
        self.out.append(self.at(ast.If(self.at(ast.UnaryOp(ast.Not(), test), node.span), body, []), node.span))

    def _delete(self, node: n.Delete) -> None:
        for target in node.targets:
            if isinstance(target, n.Attribute):
                place = [self.value(target.value), self.constant(target.name, target.name_span)]
                self.out.append(self.at(ast.Expr(self.helper("delete_member", place, node.span)), node.span))
            else:
                place_ = self.target(target)
                place_.ctx = ast.Del()  # type: ignore[attr-defined]  # every target has a context
                self.out.append(self.at(ast.Delete([place_]), node.span))

    def _pass(self, node: n.Pass) -> None:
        self.out.append(self.at(ast.Pass(), node.span))

    def _break(self, node: n.Break) -> None:
        self.out.append(self.at(ast.Break(), node.span))

    def _continue(self, node: n.Continue) -> None:
        self.out.append(self.at(ast.Continue(), node.span))

    # Compound statements

    def _if(self, node: n.If, tail: Tail = "") -> None:
        branch = node.branches[0]
        if self._guard_clause(node, tail):
            lowered = self.lower(branch.test)
            body = self.block(branch.body, tail)
            self.attempt(lowered, lambda test: self.at(ast.If(test, body, []), node.span), node.span)
            return
        test = self.test_now(branch.test)
        body = self.block(branch.body, tail)
        outer, self.out = self.out, []
        if node.branches[1:]:
            self._if(n.If(node.branches[1].span.to(node.span), node.branches[1:], node.otherwise), tail)
        elif node.otherwise:
            self.out = self.block(node.otherwise, tail)
        otherwise, self.out = self.out, outer
        self.out.append(self.at(ast.If(test, body, otherwise), node.span))

    def _guard_clause(self, node: n.If, tail: Tail) -> bool:
        """Whether `if a < b: return x` can stand in the `try` as a whole: its body can fail in no way."""
        branch = node.branches[0]
        if node.otherwise or len(node.branches) > 1 or len(branch.body) != 1 or not self._ordered(branch.test):
            return False
        only = branch.body[0]
        if isinstance(only, n.Return) and self.in_function:
            return only.value is None or isinstance(only.value, SIMPLE)
        if isinstance(only, n.ExpressionStatement) and tail == "return":
            return isinstance(only.value, SIMPLE)
        if isinstance(only, n.Assign):
            return isinstance(only.value, SIMPLE) and all(isinstance(target, n.Name) for target in only.targets)
        return isinstance(only, n.Break | n.Continue | n.Pass)

    def _ordered(self, test: n.Expression) -> bool:
        """Whether a test is one `<`, `<=`, `>` or `>=` that needs a second version."""
        is_order = isinstance(test, n.Compare) and test.operators in {("<",), ("<=",), (">",), (">=",)}
        return is_order and self.guarded(test)

    def _while(self, node: n.While) -> None:
        if self._ordered(node.test) and not node.otherwise:
            self._while_ordered(node)
            return
        outer, self.out = self.out, []
        test = self.test_now(node.test)
        before, self.out = self.out, outer
        body = self.block(node.body)
        otherwise = self.block(node.otherwise) if node.otherwise else []
        if not before:
            self.out.append(self.at(ast.While(test, body, otherwise), node.span))
            return
        negated = self.at(ast.UnaryOp(ast.Not(), test), node.test.span)
        leave = self.at(ast.If(negated, [*otherwise, self.at(ast.Break(), node.test.span)], []), node.test.span)
        always = self.constant(value=True, span=node.test.span)
        self.out.append(self.at(ast.While(always, [*before, leave, *body], []), node.span))

    def _while_ordered(self, node: n.While) -> None:
        """Write `while a < b` so that the comparison and its jump stay one instruction."""
        outer, self.out = self.out, []
        lowered, span = self.lower(node.test), node.test.span

        def leave(test: ast.expr) -> ast.stmt:
            negated = self.at(ast.UnaryOp(ast.Not(), test), span)
            return self.at(ast.If(negated, [self.at(ast.Break(), span)], []), span)

        self.attempt(lowered, leave, span)
        before, self.out = self.out, outer
        always = self.constant(value=True, span=span)
        self.out.append(self.at(ast.While(always, [*before, *self.block(node.body)], []), node.span))

    def _for(self, node: n.For) -> None:
        iterable = self.value(node.iterable)
        target, first = node.target, []
        if self._has_fields(target):
            name = self.temporary()
            outer, self.out = self.out, []
            self.store(target, self._lowered_name(name, target.span), k.ANY, node)
            first, self.out = self.out, outer
            target = n.Name(target.span, name)
            place: ast.expr = self.stored(name, target.span)
        else:
            place = self.target(target)
        body = [*first, *self.block(node.body)]
        otherwise = self.block(node.otherwise) if node.otherwise else []
        self.out.append(self.at(ast.For(place, iterable, body, otherwise), node.span))

    def _with(self, node: n.With, tail: Tail = "") -> None:
        items = []
        for item in node.items:
            value = self.value(item.value)
            items.append(ast.withitem(value, item.target and self.target(item.target)))
        self.out.append(self.at(ast.With(items, self.block(node.body, tail)), node.span))

    def _try(self, node: n.Try, tail: Tail = "") -> None:
        body = self.block(node.body, "" if node.otherwise else tail)
        handlers = [self._handler(handler, tail) for handler in node.handlers]
        otherwise = self.block(node.otherwise, tail) if node.otherwise else []
        final = self.block(node.final) if node.final else []
        self.out.append(self.at(ast.Try(body, handlers, otherwise, final), node.span))

    def _handler(self, node: n.Handler, tail: Tail) -> ast.ExceptHandler:
        kind = self.name("_dana_Exception", node.span) if node.type is None else self.expression(node.type)
        caught = self.temporary() if node.name else None
        body = self.block(node.body, tail)
        if caught is not None:
            check_dunder(node.name, node.span)
            shown = self.helper("caught", [self.name(caught, node.span)], node.span)
            body = [self.assign(node.name, shown, node.span), *body]
        return self.at(ast.ExceptHandler(kind, caught, body), node.span)

    def _match(self, node: n.Match, tail: Tail = "") -> None:
        subject = self.value(node.subject)
        cases = []
        for case in node.cases:
            guard = self.test(case.guard) if case.guard is not None else None
            cases.append(ast.match_case(pattern(self, case.pattern), guard, self.block(case.body, tail)))
        self.out.append(self.at(ast.Match(subject, cases), node.span))


_WRITERS: dict[type, Callable[[Any, Any], None]] = {
    n.ExpressionStatement: Statements._expression, n.Assign: Statements._assign, n.TypedAssign: Statements._typed,
    n.AugmentedAssign: Statements._augmented, n.Return: Statements._return, n.Raise: Statements._raise,
    n.Assert: Statements._assert, n.Delete: Statements._delete, n.Pass: Statements._pass,
    n.Break: Statements._break, n.Continue: Statements._continue, n.If: Statements._if,
    n.While: Statements._while, n.For: Statements._for, n.With: Statements._with, n.Try: Statements._try,
    n.Match: Statements._match,
    n.Import: lambda w, node: w.import_(node), n.FromImport: lambda w, node: w.from_import(node),
    n.Export: lambda w, node: w.export(node), n.Function: lambda w, node: w.function(node),
    n.DeclarativePipeline: lambda w, node: w.declarative(node), n.Struct: lambda w, node: w.struct(node),
    n.Interface: lambda w, node: w.interface(node), n.Agent: lambda w, node: w.agent(node),
    n.Input: lambda w, node: w.misplaced(node), n.Output: lambda w, node: w.output(node),
    n.OnFeedback: lambda w, node: w.on_feedback(node), n.PipelineBlock: lambda w, node: w.pipeline_block(node),
    n.Module: lambda w, node: w.module(node),
}  # fmt: skip
