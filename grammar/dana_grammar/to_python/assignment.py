"""Assignments as Python: plain, typed, augmented, to names, items, checked fields and tuples of those."""

from __future__ import annotations

import ast
from typing import Any

from dana_grammar import nodes as n
from dana_grammar.span import Span
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.expressions import check_dunder
from dana_grammar.to_python.lower import Lowered, Lowering
from dana_grammar.to_python.operators import ARITHMETIC
from dana_grammar.to_python.place import LOAD, STORE
from dana_grammar.to_python.scope import everything

ASKS_MODEL = frozenset({"reason", "llm", "context_aware_reason", "ask"})
MODEL_METHODS = frozenset({"reason", "solve", "chat", "plan", "query"})
BASIC = {"int": k.INT, "float": k.FLOAT, "str": k.STR, "bool": k.BOOL, "list": k.LIST, "dict": k.DICT}


class Assignments(Lowering):
    """Writes assignments into `out`."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.known_types: frozenset[str] = frozenset()
        """Names that annotations may use at run time; others mean any type."""
        self.setters: dict[tuple[int, str], tuple[str, str]] = {}
        """For fields of structs that this text defines: the name of the slot's setter and the basic type, or nothing."""

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
        """Write `target = value`; the value is computed before the target."""
        span = node.span
        if isinstance(target, n.Attribute):
            self._store_attribute(target, lowered, kind, node)
            return
        held = isinstance(target, n.Subscript) and self.guarded(target)
        if (held and not lowered.pure) or (lowered.slow is not None and not self.pure(target)):
            name = self.temporary()
            self.attempt(lowered, lambda value: self.assign(name, value, span), span)
            lowered = self._lowered_name(name, span)
        if isinstance(target, n.TupleDisplay | n.ListDisplay) and self._has_fields(target):
            self._store_fields(target, lowered, node)
        elif isinstance(target, n.Subscript) and held:
            place = n.Subscript(target.span, self._held(target.value), self._held(target.index))
            self.attempt(lowered, lambda value: self.at(ast.Assign([self.target(place)], value), span), span)
        else:
            self.attempt(lowered, lambda value: self.at(ast.Assign([self.target(target)], value), span), span)

    def _held(self, node: n.Expression) -> n.Expression:
        """Return a Dana node that stands for the value of `node`, computed now."""
        return self._once(node) if self.guarded(node) else node

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
        self.attempt(
            lowered, lambda v: self.at(ast.Assign([self._temporaries_target(unpacked)], v), node.span), node.span
        )
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
        path = scoped_path(target)
        if path is not None:
            self._store_scoped(path, lowered, node)
            return
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

    def _store_scoped(self, path: tuple[n.ScopedName, list[str]], lowered: Any, node: n.Node) -> None:
        """Store into `private:a.b.c`; what is not there on the way becomes a dict."""
        root, names = path
        span = node.span
        name = self.temporary()
        self.attempt(lowered, lambda value: self.assign(name, value, span), span)
        words = [self.constant(word, span) for word in (root.name, *names)]
        details = [self.name(f"_dana_{root.scope}", span), self.name(name, span), *words]
        self.out.append(self.at(ast.Expr(self.helper("set_scoped", details, span)), span))

    def _store_checked(
        self, target: n.Attribute, lowered: Any, kind: int, setter: tuple[str, str], node: n.Node
    ) -> None:
        """Store into a slot directly, after a look at the class of the value."""
        span = node.span
        function, basic = setter
        if BASIC.get(basic) == kind:
            self.attempt(
                lowered,
                lambda v: self.at(
                    ast.Expr(self.call(self.name(function, span), [self.expression(target.value), v], span)), span
                ),
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
        test = ast.Compare(
            self.at(ast.Attribute(held, "__class__", LOAD), span), [ast.Is()], [self.name(f"_dana_{basic}", span)]
        )
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
        deep = isinstance(node.value, n.ListDisplay | n.DictDisplay | n.TupleDisplay | n.SetDisplay) or self.asks(
            node.value
        )
        details = [held, target] + ([self.constant(value=True, span=node.span)] if deep else [])
        coerced: ast.expr = self.helper("coerce", details, node.span)
        basic = node.annotation.name if isinstance(node.annotation, n.Name) else ""
        if basic in BASIC and self.kinds.is_built_in(basic):
            own = ast.Compare(
                self.at(ast.Attribute(held, "__class__", LOAD), node.span), [ast.Is()],
                [self.name(f"_dana_{basic}", node.span)],
            )  # fmt: skip
            coerced = self.at(ast.IfExp(self.at(own, node.span), held, coerced), node.span)
        kind = self.kinds.annotated(node.annotation)
        self.store(node.target, self.done(coerced), kind, node)

    def done(self, value: ast.expr) -> Lowered:
        """Return a finished Python expression in lowered form."""
        return Lowered(value, None, pure=False)

    def _already(self, annotation: n.Expression, value: n.Expression) -> bool:
        """Whether `value` certainly has the annotated type already."""
        if isinstance(annotation, n.Name):
            if annotation.name in {"any", "Any", "object"} or annotation.name not in self.known_types:
                return not self.asks(value)
            return BASIC.get(annotation.name) == self.kinds.of(value) and self.kinds.is_built_in(annotation.name)
        return False

    def asks(self, node: n.Expression) -> bool:
        """Whether `node` is a call that asks a model, whose answer is shaped by the target's type."""
        if not isinstance(node, n.Call):
            return False
        if isinstance(node.function, n.Attribute):
            return node.function.name in MODEL_METHODS
        return isinstance(node.function, n.Name) and self._is_asking(node.function.name)

    def _is_asking(self, name: str) -> bool:
        return name in ASKS_MODEL and self.kinds.is_built_in(name)

    def asked(self, node: n.Expression, target: ast.expr) -> Any:
        """Return `node` lowered; a question to a model is told the type that is wanted."""
        lowered = self.lower(node)
        if isinstance(node, n.Call) and isinstance(node.function, n.Attribute) and node.function.name in MODEL_METHODS:
            self._ask_method(lowered, node.function, target)
        elif isinstance(node, n.Call) and isinstance(node.function, n.Name) and self._is_asking(node.function.name):
            assert isinstance(lowered.fast, ast.Call)
            if not any(word.arg == "shape" for word in lowered.fast.keywords):
                lowered.fast.keywords.append(self.at(ast.keyword("shape", target), node.span))
        return lowered

    def _ask_method(self, lowered: Lowered, function: n.Attribute, target: ast.expr) -> None:
        """Tell an agent's own `plan`, `solve` or `reason` the type that is wanted; any other method is told nothing."""
        for call in (lowered.fast, lowered.slow):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and self.atom(call.func.value):
                name = self.constant(function.name, function.name_span)
                shape = self.helper("shape", [call.func.value, name, target], function.span)
                call.keywords.append(self.at(ast.keyword(None, shape), function.span))

    def _is_type(self, name: str) -> bool:
        return name in self.known_types or name in self.kinds.names

    def type_of(self, node: n.Expression | None) -> ast.expr:
        """Return the Python expression for an annotation; a type that nobody defines means any type."""
        if node is None:
            return self.name("_dana_any", Span(1, 1, 1, 1))
        match node:
            case n.Name() if node.name in {"any", "Any", "object"} or not self._is_type(node.name):
                return self.name("_dana_any", node.span)
            case n.Name() if node.name in k.ANNOTATIONS and self.kinds.is_built_in(node.name):
                return self.name(f"_dana_{node.name}", node.span)
            case n.Name():
                return self._name(node)
            case n.Constant(source="..."):
                return self.constant(..., node.span)
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
        expand = node.operator == "+" and k.needs_mixing(*whole_kinds)
        simple = isinstance(target, n.Attribute) and not whole_kinds[0] & ~(k.NUMBER | k.STR | k.NONE)
        member = isinstance(target, n.Attribute) and (simple or self.kinds.of(target.value) & k.DICT)
        changes = not isinstance(target, n.Name) or self._rebinds(node.value, target.name)
        if member or (changes and not self.pure(node.value)):
            self._augment_in_steps(target, node)
            return
        self._augment_native(target, node, self.value(node.value), expand=expand)

    def _rebinds(self, node: n.Expression, name: str) -> bool:
        return any(isinstance(part, n.Walrus) and part.target.name == name for part in everything([node]))

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

    def _once(self, node: n.Expression) -> n.Expression:
        """Return a Dana node that can be written twice and is computed once."""
        if isinstance(node, n.Name | n.Number | n.Text | n.Constant):
            return node
        if isinstance(node, n.Slice):
            lower, upper, step = (part and self._once(part) for part in (node.lower, node.upper, node.step))
            return n.Slice(node.span, lower, upper, step)
        if isinstance(node, n.TupleDisplay) and any(isinstance(item, n.Slice) for item in node.items):
            return n.TupleDisplay(node.span, tuple(self._once(item) for item in node.items))
        name = self.temporary()
        self.kinds.names[name] = self.kinds.of(node)
        self.attempt(self.lower(node), lambda value: self.assign(name, value, node.span), node.span)
        return n.Name(node.span, name)

    def _augment_in_steps(self, target: n.Expression, node: n.AugmentedAssign) -> None:
        """Write `o.a += v` as read, value, operation and checked store."""
        span = node.span
        name = self.temporary()
        self.kinds.names[name] = self.kinds.of(target)
        self.attempt(self.lower(target), lambda v: self.assign(name, v, span), span)
        held = n.Name(node.value.span, self.temporary())
        self.kinds.names[held.name] = self.kinds.of(node.value)
        self.attempt(self.lower(node.value), lambda v: self.assign(held.name, v, span), span)
        self._augmented(n.AugmentedAssign(span, n.Name(target.span, name), node.operator, held))
        whole = n.Binary(span, n.Name(span, name), node.operator, held) if node.operator != "|" else None
        kind = k.ANY if whole is None else self.kinds.of(whole)
        self.store(target, self._lowered_name(name, span), kind, node)


def scoped_path(target: n.Expression) -> tuple[n.ScopedName, list[str]] | None:
    """Return the scoped name and the fields of `private:a.b.c`, None for a target that is no such path."""
    names: list[str] = []
    while isinstance(target, n.Attribute):
        names.insert(0, target.name)
        target = target.value
    return (target, names) if isinstance(target, n.ScopedName) and target.scope != "local" else None
