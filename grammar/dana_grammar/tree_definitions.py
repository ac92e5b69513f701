"""Reductions of the grammar that make functions, pipelines, structs, agents, interfaces and modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar.expressions import (
    Constant,
    DictDisplay,
    DictEntry,
    FormattedText,
    JoinedText,
    Name,
    Parameter,
    Text,
    TupleDisplay,
)  # fmt: skip
from dana_grammar.span import Span
from dana_grammar.statements import (
    Agent,
    DeclarativePipeline,
    ExpressionStatement,
    Field,
    Function,
    Input,
    Interface,
    InterfaceMethod,
    Module,
    OnFeedback,
    Output,
    PipelineBlock,
    StateBlock,
    Struct,
)  # fmt: skip
from dana_grammar.tree_base import between, from_token, to_token, token_span
from dana_grammar.tree_statements import StatementBuilder

if TYPE_CHECKING:
    from typing import Final

    from dana_grammar.statements import Block
    from dana_grammar.tokens import Token

DECORATED: Final = (Function, DeclarativePipeline, Struct, Agent, PipelineBlock, Module)
STRINGS: Final = (Text, FormattedText, JoinedText)


class DefinitionBuilder(StatementBuilder):
    """Makes definitions."""

    def decorator(self, _at: Token, value: Any, _newline: Token) -> tuple[Token, Any]:
        """`@value`."""
        return _at, value

    def decorated(self, decorators: list[tuple[Token, Any]], node: Any) -> Any:
        """A definition with its decorators: its span starts at the first of them."""
        if type(node) not in DECORATED:
            message = f"'{type(node).__name__.lower()}' cannot have a decorator"
            self.problem("D0037", message, decorators[0][1].span, "remove the line with '@'")
            return node
        values = {name: getattr(node, name) for name in type(node).__match_args__}
        values["span"] = from_token(decorators[0][0], node.span)
        values["decorators"] = tuple([value for _, value in decorators])
        return type(node)(**values)

    def function(
        self, sync: Token | None, word: Token, receiver: Parameter | None, name: Token, _open: Token,
        parameters: list[Parameter] | None, _close: Token, returns: Any, _colon: Token, body: Block,
    ) -> Function:  # fmt: skip
        """`def name(parameters) -> T:`."""
        if parameters and len(parameters) > 1:
            self.check_parameters(parameters)
        span = from_token(sync or word, body[-1].span)
        return Function(
            span, name[1], token_span(name), receiver, tuple(parameters or ()), returns, body, (), bool(sync)
        )

    def declarative_pipeline(
        self, word: Token, name: Token, _open: Token, parameters: list[Parameter] | None, _close: Token, returns: Any,
        _equal: Token, value: Any, _newline: Token,
    ) -> DeclarativePipeline:  # fmt: skip
        """`def name(parameters) = stage | stage`."""
        self.check_parameters(parameters or [])
        self.loose_captures.pop(id(value), None)
        span = from_token(word, value.span)
        return DeclarativePipeline(span, name[1], token_span(name), tuple(parameters or ()), returns, value)

    def bare_declarative_pipeline(
        self, word: Token, name: Token, equal: Token, value: Any, newline: Token
    ) -> DeclarativePipeline:
        """`def name = stage | stage` passes on whatever it is called with: a `*` parameter of no width says so."""
        place = Span(name[4], name[5], name[4], name[5])
        values = Parameter(place, "values", None, None, "args")
        return self.declarative_pipeline(word, name, name, [values], name, None, equal, value, newline)

    def on_feedback(
        self, word: Token, _open: Token, value: Any, _close: Token, _arrow: Token, name: Token, *rest: Any
    ) -> OnFeedback:
        """`on_feedback_received(id) -> name:`."""
        body: Block = rest[-1]
        return OnFeedback(from_token(word, body[-1].span), value, name[1], body)

    def input(self, word: Token, _colon: Token, parameters: list[Parameter]) -> Input:
        """`input: a, b: float = 1.0`."""
        self.check_parameters(parameters)
        for parameter in parameters:
            if parameter.kind != "plain":
                self.problem("D0036", "an input has a name and no star", parameter.span)
        return Input(from_token(word, parameters[-1].span), tuple(parameters))

    def output(self, word: Token, _colon: Token, value: Any) -> Output:
        """`output: value`."""
        return Output(from_token(word, value.span), value)

    def pipeline_block(self, word: Token, name: Token, _colon: Token, body: Block) -> PipelineBlock:
        """`pipeline name:`."""
        span = from_token(word, body[-1].span)
        doc, rest = docstring_of(body)
        self.check_pipeline(rest)
        return PipelineBlock(span, name[1], token_span(name), rest, doc)

    def check_pipeline(self, body: Block) -> None:
        """`input:` comes first, nothing comes after `output:`."""
        for place, statement in enumerate(body):
            if type(statement) is Input and place:
                hint = "move it to the start of the pipeline"
                self.problem("D0036", "'input:' must come before everything else", statement.span, hint)
            elif type(statement) is Output and place + 1 < len(body):
                hint = "move it before 'output:'"
                self.problem("D0036", "this is never reached: 'output:' ends the pipeline", body[place + 1].span, hint)
                return

    def module(self, word: Token, name: Token, _colon: Token, body: Block) -> Module:
        """`module M:`."""
        return Module(from_token(word, body[-1].span), name[1], token_span(name), body)

    def base_in_parentheses(self, opening: Token, value: Any, close: Token) -> Any:
        """`(B)` after the name of a struct."""
        return value or TupleDisplay(between(opening, close), ())

    def members(self, *children: Any) -> list[Any]:
        """The block of a struct or agent."""
        return children[3]  # type: ignore[no-any-return]

    def one_line_members(self, _colon: Token, member: Any) -> list[Any]:
        """A block on the line of its header."""
        return member if type(member) is list else [member]

    def fields(self, fields: list[Any], *_: Any) -> list[Any]:
        """Several fields on one line."""
        return fields

    several_fields = fields

    def field(self, name: Token, _colon: Token, annotation: Any, default: Any) -> Field:
        """`name: T = default`."""
        return Field(from_token(name, (default or annotation).span), name[1], annotation, default)

    def untyped_field(self, name: Token, _equal: Token, value: Any) -> Field:
        """`name = value`."""
        return Field(from_token(name, value.span), name[1], None, value)

    def state_block(self, word: Token, *rest: Any) -> StateBlock:
        """`state:` with its fields."""
        _, fields = docstring_of(tuple(rest[3]))
        kept = tuple([field for field in fields if type(field) is Field])
        span = from_token(word, kept[-1].span) if kept else token_span(word)
        return StateBlock(span, kept)

    def settings_block(self, name: Token, *rest: Any) -> Field:
        """`llm_params:` with `name = value` lines is a field that holds a dict."""
        _, lines = docstring_of(tuple(rest[3]))
        fields = [line for line in lines if type(line) is Field]
        for field in fields:
            if field.default is None:
                self.problem("D0019", f"'{field.name}' needs a value here", field.span, f"write '{field.name} = ...'")
        span = from_token(name, fields[-1].span) if fields else token_span(name)
        value = DictDisplay(fields[0].span.to(fields[-1].span) if fields else span, tuple([setting(f) for f in fields]))
        return Field(span, name[1], None, value)

    def struct(self, word: Token, name: Token, base: Any, implements: list[Name] | None, members: list[Any]) -> Struct:
        """`struct N:` and its relatives."""
        span = from_token(word, members[-1].span)
        doc, rest = docstring_of(tuple(members))
        return Struct(span, word[1], name[1], token_span(name), base, tuple(implements or ()),  # type: ignore[arg-type]
                      self.only_members(rest, word[1]), doc)  # fmt: skip

    def only_members(self, members: Block, kind: str) -> Any:
        """Return the members, without strings and `...`, which mean nothing after the docstring."""
        for member in members:
            if (
                type(member) is ExpressionStatement
                and not is_string(member)
                and type(member.value).__name__ != "Constant"
            ):
                self.problem("D0035", f"only fields and methods can stand in '{kind}'", member.span)
        return tuple([member for member in members if type(member) is not ExpressionStatement])

    def agent(self, word: Token, name: Token, blueprint: Name | None, _newline: Token) -> Agent:
        """`agent N` or `agent N(B)`."""
        span = to_token(blueprint.span, name) if blueprint else between(word, name)
        if blueprint:
            span = Span(word[2], word[3], blueprint.span[2], blueprint.span[3] + 1)
        return Agent(span, name[1], token_span(name), blueprint, (), block=False)

    def agent_with_members(self, word: Token, name: Token, blueprint: Name | None, members: list[Any]) -> Agent:
        """`agent N:` or `agent N(B):` with its members."""
        span = from_token(word, members[-1].span)
        doc, rest = docstring_of(tuple(members))
        return Agent(span, name[1], token_span(name), blueprint, self.only_members(rest, "agent"), block=True, doc=doc)

    def interface(self, word: Token, name: Token, *rest: Any) -> Interface:
        """`interface I:` with its methods."""
        return self.one_line_interface(word, name, rest[0], rest[3])

    def one_line_interface(self, word: Token, name: Token, _colon: Token, lines: Any) -> Interface:
        """`interface I: m() -> T`."""
        members = lines if type(lines) is list else [lines]
        doc = members[0] if type(members[0]) in STRINGS else None
        kept = tuple([member for member in members if type(member) in (InterfaceMethod, Name)])
        return Interface(from_token(word, members[-1].span), name[1], token_span(name), kept, doc)

    def interface_method(
        self, name: Token, _open: Token, parameters: list[Parameter] | None, close: Token, returns: Any
    ) -> InterfaceMethod:
        """`m(parameters) -> T`."""
        self.check_parameters(parameters or [])
        span = from_token(name, returns.span) if returns else between(name, close)
        return InterfaceMethod(span, name[1], tuple(parameters or ()), returns)

    def interface_def(self, word: Token, name: Token, *rest: Any) -> InterfaceMethod:
        """`def m(parameters) -> T` in an interface."""
        method = self.interface_method(name, *rest)
        return InterfaceMethod(from_token(word, method.span), method.name, method.parameters, method.returns)


def setting(field: Field) -> DictEntry:
    """Return a line of a settings block as an entry of a dict."""
    start = field.span
    place = Span(start.line, start.column, start.line, start.column + len(field.name))
    value = field.default or Constant(place, None, "none")
    return DictEntry(start, Text(place, field.name, f'"{field.name}"'), value)


def is_string(statement: Any) -> bool:
    """Tell whether a statement is a string alone."""
    return type(statement) is ExpressionStatement and type(statement.value) in STRINGS


def docstring_of(body: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Return the docstring of a block, or None, and the other statements."""
    if body and is_string(body[0]):
        return body[0].value, body[1:]
    return None, body
