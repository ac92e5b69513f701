"""Pipelines in their three spellings: declarative, in expressions, and as blocks with feedback handlers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from dana_grammar import nodes as n
from dana_grammar.span import Span
from dana_grammar.to_python import kinds as k
from dana_grammar.to_python.definitions import Definitions
from dana_grammar.to_python.expressions import refuse
from dana_grammar.to_python.infer import infer
from dana_grammar.to_python.labels import given_by, has_calls, has_placeholder, label, statement_label
from dana_grammar.to_python.place import LOAD
from dana_grammar.to_python.scope import bound_names, everything, names_read

if TYPE_CHECKING:
    from collections.abc import Iterable


VALUE, CAPTURED, MARK = "_dana_value", "_dana_captured", "_dana_mark"


class Handlers(NamedTuple):
    """What is known while a pipeline block is written: whose it is and what its handlers may see."""

    owner: str
    pipeline: str
    local: frozenset[str]
    traced: bool


class Pipelines(Definitions):
    """Writes pipelines."""

    handlers: Handlers | None = None
    _handler_count = 0

    # Stages

    def _pipe(self, node: n.Pipe) -> ast.expr:
        first, rest = node.stages[0], node.stages[1:]
        if self._is_native(node):
            whole = self.expression(first)
            for stage in rest:
                whole = self.at(ast.BinOp(whole, ast.BitOr(), self.expression(stage)), node.span)
            return whole
        names: set[str] = set()
        start = self.right(first, names) if isinstance(first, n.Capture) else self.expression(first)
        return self.helper("pipe", [start, *[self.right(stage, names) for stage in rest]], node.span)

    def _is_native(self, node: n.Pipe) -> bool:
        """Whether `|` can only be Python's: numbers, sets, dicts on both sides."""
        kinds = [self.kinds.of(stage) for stage in node.stages]
        return all(not kind & ~k.NUMBER for kind in kinds) or all(kind in (k.SET, k.DICT) for kind in kinds)

    def right(self, node: n.Expression, names: set[str]) -> ast.expr:
        """Return a stage of an expression: a plain value, or a stage object where it needs one."""
        bare = node.value if isinstance(node, n.Capture) else node
        if isinstance(bare, n.Name) and bare.name in names:
            details = [self.constant(bare.name, node.span), self.span_tuple(node.span)]
            return self._stage_call("expression_stage", [self._thunk_with_value(bare, names), *details], {}, node.span)
        if isinstance(node, n.Capture) or isinstance(bare, n.Call) or has_placeholder(bare) or given_by(bare, names):
            return self.stage(node, names)
        if isinstance(bare, n.ListDisplay | n.DictDisplay) and has_calls(bare):
            return self.stage(node, names)
        return self.expression(bare)

    def stage(self, node: n.Expression, names: set[str]) -> ast.expr:
        """Return the stage object for one stage; `names` are captures made so far and grow by this stage's."""
        capture = ""
        if isinstance(node, n.Capture):
            capture, node = node.name, node.value
        details = [self.constant(label(node), node.span), self.span_tuple(node.span)]
        words: dict[str, ast.expr] = {"capture": self.constant(capture, node.span)} if capture else {}
        if isinstance(node, n.Call) and isinstance(node.function, n.Name) and self._is_case(node.function.name):
            written = self._stage_call(
                "stage", [self.thunk(self._case(node, names), node.span), *details], words, node.span
            )
        elif given_by(node, names):
            written = self._captured_stage(node, details, words, names)
        elif isinstance(node, n.Call) and not has_placeholder(node.function):
            written = self._call_stage(node, details, words, names)
        elif has_placeholder(node) and not isinstance(node, n.ListDisplay | n.DictDisplay):
            body = self._thunk_with_value(node, names)
            written = self._stage_call("expression_stage", [body, *details], words, node.span)
        else:
            written = self._stage_call(
                "stage", [self.thunk(self._members(node, names), node.span), *details], words, node.span
            )
        if capture:
            names.add(capture)
        return written

    def _stage_call(self, helper: str, arguments: list[ast.expr], words: dict[str, ast.expr], span: Span) -> ast.expr:
        call = self.helper(helper, arguments, span)
        call.keywords = [self.at(ast.keyword(word, value), span) for word, value in words.items()]
        return call

    def _is_case(self, name: str) -> bool:
        return name == "case" and name not in self.kinds.shadowed and name not in self.kinds.names

    def _with_value(self, names: set[str]) -> tuple[dict[str, ast.expr], ast.expr | None]:
        """Let `$$` and captured names mean what the stage is given; return what they meant before."""
        saved = self.captured, self.placeholder
        span = Span(1, 1, 1, 1)
        self.captured = dict(saved[0])
        for name in names:
            place = ast.Subscript(self.name(CAPTURED, span), self.constant(name, span), LOAD)
            self.captured[name] = self.at(place, span)
        self.placeholder = self.name(VALUE, span)
        return saved

    def _thunk_with_value(self, node: n.Expression, names: set[str]) -> ast.expr:
        saved = self._with_value(names)
        body = self.expression(node)
        self.captured, self.placeholder = saved
        return self.thunk(body, node.span, (VALUE, CAPTURED))

    def _captured_stage(
        self, node: n.Expression, details: list[ast.expr], words: dict[str, ast.expr], names: set[str]
    ) -> ast.expr:
        """Return a stage that captured names give, such as a method of one: `self.scale`, `self.scale(10)`."""
        saved = self._with_value(names)
        call = node if isinstance(node, n.Call) else None
        given = self._call_stage(call, details, {}, names) if call is not None else self.expression(node)
        self.captured, self.placeholder = saved
        target = self.thunk(given, node.span, (CAPTURED,))
        return self._stage_call("captured_stage", [target, *details], words, node.span)

    def _call_stage(
        self, node: n.Call, details: list[ast.expr], words: dict[str, ast.expr], names: set[str]
    ) -> ast.expr:
        function = node.function
        if isinstance(function, n.Attribute):
            callee = self.method(self.expression(function.value), function)
        else:
            callee = self.expression(function)
        saved = self._with_value(names)
        positional, keywords = self.arguments(node.arguments)
        self.captured, self.placeholder = saved
        keys = [self.constant(word.arg, node.span) if word.arg else None for word in keywords]
        values = self.at(ast.Dict(list(keys), [word.value for word in keywords]), node.span)
        given = self.thunk(
            self.tuple([self.tuple(positional, node.span), values], node.span), node.span, (VALUE, CAPTURED)
        )
        inner = [a.value if isinstance(a, n.Keyword) else a for a in node.arguments]
        used = [self.constant(name, node.span) for name in sorted(names_read(inner) & names)]
        words = {
            "placeholder": self.constant(any(map(has_placeholder, inner)), node.span),
            "names": self.tuple(used, node.span), **words,
        }  # fmt: skip
        return self._stage_call("call_stage", [self.thunk(callee, node.span), given, *details], words, node.span)

    def _members(self, node: n.Expression, names: set[str]) -> ast.expr:
        """Return a stage's value; members of a parallel list or dict may be stages themselves."""
        if isinstance(node, n.ListDisplay):
            return self.at(ast.List([self._member(item, names) for item in node.items], LOAD), node.span)
        if isinstance(node, n.DictDisplay):
            keys = [self._branch_name(entry.key) if entry.key is not None else None for entry in node.entries]
            values = [self._member(entry.value, names) for entry in node.entries]
            return self.at(ast.Dict(keys, values), node.span)
        return self.expression(node)

    def _member(self, node: n.Expression, names: set[str]) -> ast.expr:
        """Return a member of a parallel list, a named branch or a branch of `case`: lists in it are parallel too."""
        as_stage = isinstance(node, n.ListDisplay | n.DictDisplay)
        return self.stage(node, set(names)) if as_stage else self.right(node, set(names))

    def _branch_name(self, key: n.Expression) -> ast.expr:
        """Return the name of a parallel branch; a bare name names itself."""
        return self.constant(key.name, key.span) if isinstance(key, n.Name) else self.expression(key)

    def _case(self, node: n.Call, names: set[str]) -> ast.expr:
        branches: list[ast.expr] = []
        for argument in node.arguments:
            if isinstance(argument, n.TupleDisplay) and len(argument.items) == 2:
                pair = [self._case_part(item, names) for item in argument.items]
                branches.append(self.tuple(pair, argument.span))
            elif isinstance(argument, n.Keyword):
                raise refuse("D1306", "case takes no keywords", argument.span, "write: case((condition, f), other)")
            else:
                branches.append(self._case_part(argument, names))
        return self.call(self.name("case", node.span), branches, node.span)

    def _case_part(self, node: n.Expression, names: set[str]) -> ast.expr:
        details = [self.constant(label(node), node.span), self.span_tuple(node.span)]
        if isinstance(node, n.ListDisplay | n.DictDisplay) or (isinstance(node, n.Call) and not has_placeholder(node)):
            return self.stage(node, set(names))
        if has_placeholder(node) or names_read([node]) & names:
            if isinstance(node, n.Call):
                return self.stage(node, set(names))
            return self._stage_call("expression_stage", [self._thunk_with_value(node, names), *details], {}, node.span)
        return self.expression(node)

    # Declarative pipelines

    def declarative(self, node: n.DeclarativePipeline, hidden: str = "") -> None:
        """Write `def p(x) = a | b`."""
        name = hidden or node.name
        arguments, first = self.checked_signature(node.parameters, node.span)
        self.annotate(arguments, node.parameters)
        body: list[ast.stmt] = [*first, self._given(node)] if first else [self.at(ast.Pass(), node.span)]
        self.out.append(self.function_node(name, arguments, body, node.span))
        stages = node.value.stages if isinstance(node.value, n.Pipe) else (node.value,)
        names = {parameter.name for parameter in node.parameters if parameter.name}
        written = [self.stage(stage, names) for stage in stages]
        details = [self.constant(node.name, node.name_span), self.name(name, node.span), self.tuple(written, node.span)]
        words: dict[str, ast.expr] = {"file": self.name("_dana_file", node.span)}
        if node.returns is not None:
            words["returns"] = self.thunk(self.type_of(node.returns), node.span)
        value = self._stage_call("declared", details, words, node.span)
        for decorator in reversed(node.decorators):
            value = self.call(self.expression(decorator), [value], decorator.span)
        self.out.append(self.assign(name, value, node.span))

    def _given(self, node: n.DeclarativePipeline) -> ast.stmt:
        """Return the end of a signature that changes its arguments: it gives them by name."""
        names = [parameter.name for parameter in node.parameters if parameter.name]
        keys: list[ast.expr | None] = [self.constant(name, node.span) for name in names]
        values: list[ast.expr] = [self.name(name, node.span) for name in names]
        return self.at(ast.Return(self.at(ast.Dict(keys, values), node.span)), node.span)

    # Blocks

    def pipeline_block(self, node: n.PipelineBlock, hidden: str = "", owner: str = "") -> None:
        """Write `pipeline p:`."""
        name = hidden or node.name
        inputs = [item for item in node.body if isinstance(item, n.Input)]
        parameters = tuple(parameter for item in inputs for parameter in item.parameters)
        body = tuple(item for item in node.body if not isinstance(item, n.Input))
        local = frozenset(bound_names(node.body))
        self._write_handlers(body, owner, node.name, local)
        plain, traced = f"{self.temporary()}_{node.name}", f"{self.temporary()}_{node.name}_traced"
        for function, mark in ((plain, False), (traced, True)):
            self.handlers = Handlers(owner, node.name, local, mark)
            self._handler_count = 0
            self.out.append(self._block_function(node, function, parameters, body))
            self.handlers = None
        words: dict[str, ast.expr] = {
            "stages": self.tuple([self._block_stage(item) for item in body], node.span),
            "traced": self.name(traced, node.span),
            "file": self.name("_dana_file", node.span),
        }
        details = [self.name(plain, node.span), self.constant(node.name, node.name_span)]
        value = self._stage_call("block", details, words, node.span)
        for decorator in reversed(node.decorators):
            value = self.call(self.expression(decorator), [value], decorator.span)
        self.out.append(self.assign(name, value, node.span))

    def _block_stage(self, node: n.Statement) -> ast.expr:
        return self.tuple([self.constant(statement_label(node), node.span), self.span_tuple(node.span)], node.span)

    def _block_function(
        self, node: n.PipelineBlock, function: str, parameters: tuple[n.Parameter, ...], body: n.Block
    ) -> ast.FunctionDef:
        assert self.handlers is not None
        arguments, first = self.checked_signature(parameters, node.span)
        self.annotate(arguments, parameters)
        leading = ([MARK] if self.handlers.traced else []) + (["self"] if self.handlers.owner else [])
        arguments.args[:0] = [self.at(ast.arg(name), node.name_span) for name in leading]
        saved = self.kinds, self.in_function, self.out, self.walrus
        self.in_function, self.out, self.walrus = True, [], True
        self.kinds = saved[0].inner()
        known = {parameter.name: self._parameter_kind(parameter) for parameter in parameters}
        infer(self.kinds, body, known | {"self": k.OBJECT})
        for index, statement in enumerate(body):
            self.statement(statement)
            if self.handlers.traced and not isinstance(statement, n.Output):
                self._mark(index, statement)
        written = self.out
        self.kinds, self.in_function, self.out, self.walrus = saved
        whole = [*first, *written] or [self.at(ast.Pass(), node.span)]
        named = self.helper("named", [self.constant(node.name, node.span)], node.name_span)
        return self.function_node(function, arguments, whole, node.span, [named])

    def _mark(self, index: int, statement: n.Statement) -> None:
        span = statement.span
        value: ast.expr = self.constant(None, span)
        if isinstance(statement, n.Assign) and isinstance(statement.targets[0], n.Name):
            value = self.name(statement.targets[0].name, span)
        call = self.call(self.name(MARK, span), [self.constant(index, span), value], span)
        self.out.append(self.at(ast.Expr(call), span))

    def output(self, node: n.Output) -> None:
        """Write `output:`."""
        if self.handlers is None:
            raise refuse(
                "D1206", "'output:' stands outside a pipeline", node.span, "write it last in a 'pipeline' block"
            )
        value = self.value(node.value)
        if self.handlers.traced:
            held = self.settle_expression(value, node.span)
            call = self.call(self.name(MARK, node.span), [self.constant(-1, node.span), held], node.span)
            self.out.append(self.at(ast.Expr(call), node.span))
            value = held
        self.out.append(self.at(ast.Return(value), node.span))

    # Feedback handlers

    def _write_handlers(self, body: Iterable[n.Node], owner: str, pipeline: str, local: frozenset[str]) -> None:
        """Write the handler blocks as functions of the module, where a later process finds them again."""
        found = [node for node in everything(body) if isinstance(node, n.OnFeedback)]
        for number, node in enumerate(found, 1):
            span = node.span
            function = f"{self.temporary()}_{pipeline}_feedback"
            seen = self._seen(node, local)
            saved = self.kinds, self.in_function, self.out, self.walrus
            self.in_function, self.out, self.walrus = True, [], True
            self.kinds = saved[0].inner()
            infer(self.kinds, node.body, {node.name: k.OBJECT, "self": k.OBJECT} | dict.fromkeys(seen, k.ANY))
            for name in seen:
                place = ast.Subscript(self.name(CAPTURED, span), self.constant(name, span), LOAD)
                self.out.append(self.assign(name, self.at(place, span), span))
            block = self.block(node.body)
            written = [*self.out, *block]
            self.kinds, self.in_function, self.out, self.walrus = saved
            named = self.helper("named", [self.constant(pipeline, span)], span)
            arguments = self.parameters(("self", node.name, CAPTURED), span)
            self.out.append(self.function_node(function, arguments, written, span, [named]))
            details = [
                self.name("_dana_here", span),
                self._key(owner, pipeline, number, span),
                self.name(function, span),
            ]
            self.out.append(self.at(ast.Expr(self.helper("bind_handler", details, span)), span))

    def _seen(self, node: n.OnFeedback, local: frozenset[str]) -> list[str]:
        """Return the pipeline's local names that a handler reads."""
        return sorted((names_read(node.body) & local) - {node.name, "self"})

    def _key(self, owner: str, pipeline: str, number: int, span: Span) -> ast.expr:
        return self.constant(f"{owner + '.' if owner else ''}{pipeline}.{number}", span)

    def on_feedback(self, node: n.OnFeedback) -> None:
        """Write the registration of a handler; the program goes on at once."""
        if self.handlers is None:
            message = "'on_feedback_received' stands outside a pipeline"
            raise refuse("D1206", message, node.span, "write it in a 'pipeline' block")
        self._handler_count += 1
        span = node.span
        seen = self._seen(node, self.handlers.local)
        keys: list[ast.expr | None] = [self.constant(name, span) for name in seen]
        names = self.at(ast.Dict(keys, [self.name(name, span) for name in seen]), span)
        owner = self.name("self", span) if self.handlers.owner else self.constant(None, span)
        key = self._key(self.handlers.owner, self.handlers.pipeline, self._handler_count, span)
        details = [self.name("_dana_here", span), self.value(node.id), key, names, owner]
        self.out.append(self.at(ast.Expr(self.helper("on_feedback", details, span)), span))
