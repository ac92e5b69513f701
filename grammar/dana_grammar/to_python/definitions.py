"""Structs, interfaces, resources, agents, modules and imports as Python."""

from __future__ import annotations

import ast

from dana_grammar import nodes as n
from dana_grammar.span import Span
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.expressions import PLAIN_VALUES, refuse
from dana_grammar.to_python.functions import LITERALS, Functions, _parts
from dana_grammar.to_python.place import LOAD
from dana_grammar.to_python.scope import bound_names


class Definitions(Functions):
    """Writes definitions of types and modules."""

    # Structs

    def struct(self, node: n.Struct) -> None:
        """Write a struct as a class with slots, a resource or an agent blueprint through the runtime."""
        if node.base is not None:
            hint = f"embed it: a field '_{str(getattr(node.base, 'name', 'base')).lower()}: {getattr(node.base, 'name', 'Base')}'"
            raise refuse("D1110", "a struct has no base class", node.base.span, hint)
        if node.kind in {"agent_blueprint", "resource"}:
            self._by_runtime(node)
            return
        fields = fields_of(node)
        body: list[ast.stmt] = []
        if isinstance(node.doc, n.Text):
            body.append(self.at(ast.Expr(self.expression(node.doc)), node.span))
        names = [self.constant(field.name, field.span) for field in fields]
        body.append(self.assign("__slots__", self.tuple(names, node.span), node.span))
        bit = self.kinds.structs.get(node.name, 0)
        body.append(self._struct_init(node, fields))
        body.extend(self._methods(node.members, bit))
        self.out.append(self.class_(node.name, body, node.span, self._struct_decorator(node, fields)))
        for field in fields:
            slot = self.at(ast.Attribute(self.name(node.name, field.span), field.name, LOAD), field.span)
            setter = self.at(ast.Attribute(slot, "__set__", LOAD), field.span)
            self.out.append(self.assign(self.setter_name(node.name, field.name), setter, field.span))
        self._decorated(node)

    def setter_name(self, struct: str, field: str) -> str:
        """Return the hidden name of a slot's setter."""
        return f"_dana_set_{struct}_{field}"

    def _decorated(self, node: n.Struct | n.Agent) -> None:
        for decorator in reversed(node.decorators):
            call = self.call(self.expression(decorator), [self.name(node.name, node.span)], decorator.span)
            self.out.append(self.assign(node.name, call, node.span))

    def _struct_decorator(self, node: n.Struct, fields: list[n.Field]) -> ast.expr:
        types = [self.type_of(field.annotation) for field in fields]
        names: list[ast.expr | None] = [self.constant(field.name, field.span) for field in fields]
        thunk = self.thunk(self.at(ast.Dict(names, types), node.span), node.span)
        defaults = [self.constant(field.name, field.span) for field in fields if field.default is not None]
        implements = self.tuple([self.name(name.name, name.span) for name in node.implements], node.span)
        details = [
            self.constant(node.kind, node.span), thunk, self.tuple(defaults, node.span),
            self.thunk(implements, node.span),
        ]  # fmt: skip
        return self.helper("struct", details, node.name_span)

    def _struct_init(self, node: n.Struct, fields: list[n.Field]) -> ast.FunctionDef:
        span = node.name_span
        arguments = self.parameters(["self"], span)
        body: list[ast.stmt] = []
        optional = False
        for field in fields:
            optional = optional or field.default is not None or node.kind == "workflow"
            arguments.args.append(self.at(ast.arg(field.name), field.span))
            if optional:
                arguments.defaults.append(self._field_default(field, body))
            self._field_check(node, field, body)
            setter = self.name(self.setter_name(node.name, field.name), field.span)
            store = self.call(setter, [self.name("self", field.span), self.name(field.name, field.span)], field.span)
            body.append(self.at(ast.Expr(store), field.span))
        if not body:
            body.append(self.at(ast.Pass(), span))
        return self.function_node("__init__", arguments, body, span)

    def _field_default(self, field: n.Field, body: list[ast.stmt]) -> ast.expr:
        """Return the default of a field in the signature; what can change is made anew in `body`."""
        span, default = field.span, field.default
        if default is None:
            missing = self.name("_dana_missing", span)
            test = ast.Compare(self.name(field.name, span), [ast.Is()], [missing])
            failed = self.helper("missing_field", [self.name("self", span), self.constant(field.name, span)], span)
            body.append(self.at(ast.If(self.at(test, span), [self.assign(field.name, failed, span)], []), span))
            return missing
        if isinstance(default, PLAIN_VALUES):
            return self.expression(default)
        literal = isinstance(default, LITERALS) and all(
            isinstance(part, (*PLAIN_VALUES, *LITERALS, n.DictEntry)) for part in _parts(default)
        )
        if literal or _is_built_in(default):
            value = self.expression(default)
        else:
            name = self.temporary()
            self.attempt(self.lower(default), lambda v: self.assign(name, v, span), span)
            held = self.name(name, span)
            # A machine that the program names is the one it watches; everything else is copied per instance.
            watched = field.name == "fsm" and isinstance(default, n.Name)
            value = held if watched else self.helper("fresh", [held], span)
        test = ast.Compare(self.name(field.name, span), [ast.Is()], [self.name("_dana_missing", span)])
        body.append(self.at(ast.If(self.at(test, span), [self.assign(field.name, value, span)], []), span))
        return self.name("_dana_missing", span)

    def _field_check(self, node: n.Struct, field: n.Field, body: list[ast.stmt]) -> None:
        annotation = field.annotation
        if annotation is None:
            return
        target = self.type_of(annotation)
        if isinstance(target, ast.Name) and target.id == "_dana_any":
            return
        span = field.span
        value = self.name(field.name, span)
        details = [self.constant(node.name, span), self.constant(field.name, span), value, target]
        check: ast.stmt = self.assign(field.name, self.helper("field", details, span), span)
        own = annotation.value if isinstance(annotation, n.Subscript) else annotation
        if isinstance(own, n.Name):
            quick = self.type_of(own)
            test = ast.Compare(self.at(ast.Attribute(value, "__class__", LOAD), span), [ast.IsNot()], [quick])
            check = self.at(ast.If(self.at(test, span), [check], []), span)
        body.append(check)

    def _methods(self, members: tuple[n.Member, ...], owner: int) -> list[ast.stmt]:
        written: list[ast.stmt] = []
        for member in members:
            if isinstance(member, n.Function):
                outer, self.out = self.out, []
                method = self.function_def(member, member.name, member.parameters, owner=owner)
                before, self.out = self.out, outer
                self.out.extend(before)
                written.append(method)
        return written

    def interface(self, node: n.Interface) -> None:
        """Write an interface: the methods that a value must have."""
        methods = [member for member in node.members if isinstance(member, n.InterfaceMethod)]
        names = [
            self.tuple([self.constant(m.name, m.span), self.constant(len(m.parameters), m.span)], m.span)
            for m in methods
        ]
        embedded = [self.name(member.name, member.span) for member in node.members if isinstance(member, n.Name)]
        details = [self.constant(node.name, node.span), self.tuple(names, node.span), self.tuple(embedded, node.span)]
        self.out.append(self.assign(node.name, self.helper("interface", details, node.name_span), node.span))

    # Agents and resources, which the runtime makes

    def _spec(self, field: n.Field) -> ast.expr:
        span = field.span
        kind = (
            self.constant(None, span) if field.annotation is None else self.thunk(self.type_of(field.annotation), span)
        )
        default = (
            self.constant(None, span) if field.default is None else self.thunk(self.expression(field.default), span)
        )
        return self.tuple([self.constant(field.name, span), kind, default], span)

    def _by_runtime(self, node: n.Struct) -> None:
        kind = "agent_blueprint" if node.kind == "agent_blueprint" else "resource"
        self._runtime_type(node, node.members, kind, base=None, singleton=False)

    def agent(self, node: n.Agent) -> None:
        """Write an agent in any of its forms."""
        assigned = all(isinstance(member, n.Field) and member.annotation is None for member in node.members)
        singleton = not node.block or node.blueprint is not None or (assigned and bool(node.members))
        self._runtime_type(node, node.members, "agent", base=node.blueprint, singleton=singleton)

    def _runtime_type(
        self,
        node: n.Struct | n.Agent,
        members: tuple[n.Member, ...],
        kind: str,
        *,
        base: n.Name | None,
        singleton: bool,
    ) -> None:
        span = node.span
        fields = [self._spec(member) for member in members if isinstance(member, n.Field)]
        state = [self._spec(f) for member in members if isinstance(member, n.StateBlock) for f in member.fields]
        names, values = self._member_functions(node.name, members)
        options, others = self._options(node.decorators)
        words = {
            "doc": self.expression(node.doc) if node.doc is not None else self.constant(None, span),
            "fields": self.tuple(fields, span),
            "state": self.tuple(state, span),
            "methods": self.at(ast.Dict(list(names), values), span),
            "base": self.name(base.name, base.span) if base is not None else self.constant(None, span),
            "kind": self.constant(kind, span),
            "singleton": self.constant(singleton, span),
            "options": options,
        }
        keywords = [self.at(ast.keyword(word, value), span) for word, value in words.items()]
        helper = "define_resource" if kind == "resource" else "define_agent"
        called = self.helper(helper, [self.constant(node.name, span)], node.name_span)
        called.keywords = keywords
        value: ast.expr = called
        for decorator in reversed(others):
            value = self.call(self.expression(decorator), [value], decorator.span)
        self.out.append(self.assign(node.name, value, span))

    def _options(self, decorators: tuple[n.Expression, ...]) -> tuple[ast.expr, list[n.Expression]]:
        """Return the options of `@poet(...)` as a dict, and the other decorators."""
        options: ast.expr = self.at(ast.Dict([], []), decorators[0].span if decorators else Span(1, 1, 1, 1))
        others = []
        for decorator in decorators:
            function = decorator.function if isinstance(decorator, n.Call) else decorator
            if isinstance(function, n.Name) and function.name == "poet" and "poet" not in self.kinds.shadowed:
                arguments, keywords = self.arguments(decorator.arguments if isinstance(decorator, n.Call) else ())
                options = self.helper("options", arguments, decorator.span)
                assert isinstance(options, ast.Call)
                options.keywords = keywords
            else:
                others.append(decorator)
        return options, others

    def _member_functions(self, owner: str, members: tuple[n.Member, ...]) -> tuple[list[ast.expr], list[ast.expr]]:
        names: list[ast.expr] = []
        values: list[ast.expr] = []
        for member in members:
            if not isinstance(member, n.Function | n.DeclarativePipeline | n.PipelineBlock):
                continue
            hidden = f"{self.temporary()}_{member.name}"
            if isinstance(member, n.Function):
                function = self.function_def(member, hidden, member.parameters, owner=k.OBJECT, shown=member.name)
                self.out.append(function)
            elif isinstance(member, n.DeclarativePipeline):
                self.declarative(member, hidden)
            else:
                self.pipeline_block(member, hidden, owner)
            names.append(self.constant(member.name, member.name_span))
            values.append(self.name(hidden, member.name_span))
        return names, values

    # Modules

    def module(self, node: n.Module) -> None:
        """Write `module M:` as a function that runs once and gives its names."""
        hidden = f"{self.temporary()}_{node.name}"
        saved = self.kinds, self.in_function, self.out, self.enclosing
        self.kinds, self.out = self.kinds.inner(), []
        self.kinds.names = dict.fromkeys(bound_names(node.body), k.ANY)
        self.enclosing |= self.kinds.names.keys()
        body = self.block(node.body)
        self.kinds, self.in_function, self.out, self.enclosing = saved
        names = sorted(bound_names(node.body))
        keys: list[ast.expr | None] = [self.constant(name, node.span) for name in names]
        found = self.at(ast.Dict(keys, [self.name(name, node.span) for name in names]), node.span)
        body.append(self.at(ast.Return(found), node.span))
        self.out.append(self.function_node(hidden, self.parameters([], node.span), body, node.span))
        made = self.call(self.name(hidden, node.span), [], node.span)
        value = self.helper("module_of", [self.constant(node.name, node.span), made], node.span)
        options, others = self._options(node.decorators)
        if node.decorators:
            value = self.helper("with_options", [value, options], node.span)
        for decorator in reversed(others):
            value = self.call(self.expression(decorator), [value], decorator.span)
        self.out.append(self.assign(node.name, value, node.span))

    def import_(self, node: n.Import) -> None:
        """Write `import`."""
        dotted = self.constant("." * node.path.dots + ".".join(node.path.names), node.path.span)
        here = self.name("_dana_here", node.span)
        whole = self.constant(bool(node.alias), node.span)
        value = self.helper("import", [here, dotted, whole], node.span)
        self.out.append(self.assign(node.alias or node.path.names[0], value, node.span))

    def from_import(self, node: n.FromImport) -> None:
        """Write `from ... import ...`."""
        dotted = self.constant("." * node.path.dots + ".".join(node.path.names), node.path.span)
        here = self.name("_dana_here", node.span)
        if node.star:
            if self.in_function:
                raise refuse("D1505", "'import *' stands inside a function", node.span, "import at the top of the file")
            self.out.append(self.at(ast.Expr(self.helper("import_all", [here, dotted], node.span)), node.span))
            return
        for imported in node.names:
            name = self.constant(imported.name, imported.span)
            value = self.helper("import_name", [here, dotted, name], imported.span)
            self.out.append(self.assign(imported.alias or imported.name, value, imported.span))

    def export(self, node: n.Export) -> None:
        """Write `export`."""
        names: list[ast.expr] = [self.constant(name.name, name.span) for name in node.names]
        here = self.name("_dana_here", node.span)
        self.out.append(self.at(ast.Expr(self.helper("export", [here, *names], node.span)), node.span))

    def declarative(self, node: n.DeclarativePipeline, hidden: str = "") -> None:
        """Write `def p(x) = a | b`; see `pipelines`."""
        raise NotImplementedError  # pragma: no cover - replaced by the class that writes pipelines

    def pipeline_block(self, node: n.PipelineBlock, hidden: str = "", owner: str = "") -> None:
        """Write `pipeline p:`; see `pipelines`."""
        raise NotImplementedError  # pragma: no cover - replaced by the class that writes pipelines

    def misplaced(self, node: n.Input) -> None:
        """Refuse `input:` where no pipeline is."""
        raise refuse("D1206", "'input:' stands outside a pipeline", node.span, "write it first in a 'pipeline' block")


def fields_of(node: n.Struct) -> list[n.Field]:
    """Return the fields of a struct; a workflow has `name` and `fsm` too, behind its own."""
    fields = [member for member in node.members if isinstance(member, n.Field)]
    if node.kind != "workflow":
        return fields
    span, own = node.name_span, {field.name for field in fields}
    name = n.Field(span, "name", n.Name(span, "str"), n.Text(span, "A Workflow", '"A Workflow"'))
    fsm = n.Field(span, "fsm", None, n.Call(span, n.Name(span, "_dana_workflow_fsm"), ()))
    return fields + [field for field in (name, fsm) if field.name not in own]


def _is_built_in(default: n.Expression) -> bool:
    """Whether a default is the one that a kind of struct brings along, made anew for each instance."""
    return (
        isinstance(default, n.Call)
        and isinstance(default.function, n.Name)
        and default.function.name.startswith("_dana_")
    )
