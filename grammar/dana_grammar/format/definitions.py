"""Definitions to lines: functions, structs, agents, pipelines, modules, with their decorators and members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from dana_grammar.expressions import DictDisplay, Name, Text
from dana_grammar.format.expressions import bare, expression, parameter, root
from dana_grammar.format.layout import Doc, Leaf, bracketed, joined, leaf
from dana_grammar.format.lines import Lines
from dana_grammar.format.precedence import OPERATION
from dana_grammar.statements import (
    Agent,
    DeclarativePipeline,
    Decorators,
    Field,
    Function,
    Interface,
    InterfaceMethod,
    Module,
    PipelineBlock,
    StateBlock,
    Struct,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dana_grammar.expressions import Expression, Parameter
    from dana_grammar.statements import Member, Statement

Definition: TypeAlias = Function | DeclarativePipeline | Struct | Interface | Agent | PipelineBlock | Module
DEFINITIONS: Final = (Function, DeclarativePipeline, Struct, Interface, Agent, PipelineBlock, Module)


class DefinitionLines(Lines):
    """Makes the lines of definitions. What makes the lines of their blocks comes with the class below it."""

    def block(self, body: Sequence[Statement | Member]) -> None:
        """Add the lines of a block, one level deeper."""
        raise NotImplementedError

    def definition(self, node: Definition) -> None:
        """Add the lines of a definition."""
        match node:
            case Function():
                self.function(node)
            case DeclarativePipeline():
                self.decorators(node.decorators)
                head = leaf(f"def {node.name}") if is_bare(node) else signature("def ", node.name, node)
                self.add([*head, Leaf(" = "), *root(node.value)])
            case Struct():
                self.struct(node)
            case Interface():
                self.interface(node)
            case Agent():
                self.agent(node)
            case PipelineBlock():
                self.titled(f"pipeline {node.name}:", node)
            case Module():
                self.decorators(node.decorators)
                self.add(leaf(f"module {node.name}:"), opens=True)
                self.block(node.body)

    def function(self, node: Function) -> None:
        """Add a function with its body."""
        self.decorators(node.decorators)
        head: Doc = [Leaf("sync def " if node.sync else "def ")]
        if node.receiver:
            head += [Leaf("("), *parameter(node.receiver), Leaf(")"), Leaf(" ")]
        self.add([*head, *signature("", node.name, node), Leaf(":")], opens=True)
        self.block(node.body)

    def decorators(self, nodes: Decorators) -> None:
        """Add decorators, each on a line that the next follows at once."""
        for node in nodes:
            self.add([Leaf("@"), *expression(node)])
            self.close_to()

    def struct(self, node: Struct) -> None:
        """Add a struct, a resource, a workflow or a blueprint."""
        self.decorators(node.decorators)
        head = leaf(f"{node.kind} {node.name}")
        if node.base is not None:
            head += [Leaf("("), *bare(node.base), Leaf(")")]
        if node.implements:
            head += [Leaf(" implements "), *joined([bare(name) for name in node.implements], ",", breaks=False)]
        self.add([*head, Leaf(":")], opens=True)
        self.members(node.doc, node.members)

    def agent(self, node: Agent) -> None:
        """Add an agent: one line, or a body."""
        self.decorators(node.decorators)
        head = leaf(f"agent {node.name}")
        if node.blueprint:
            head += [Leaf("("), *bare(node.blueprint), Leaf(")")]
        if not node.block:
            self.add(head)
            return
        self.add([*head, Leaf(":")], opens=True)
        self.members(node.doc, node.members)

    def titled(self, header: str, node: PipelineBlock) -> None:
        """Add a header, a docstring where there is one, and a block."""
        self.decorators(node.decorators)
        self.add(leaf(header), opens=True)
        self.docstring(node.doc)
        self.block(node.body)

    def members(self, doc: Expression | None, members: tuple[Member, ...]) -> None:
        """Add the body of a struct or an agent. One that has nothing in it gets `pass`."""
        self.docstring(doc)
        self.block(members)
        if doc is None and not members:
            self.empty_body()

    def empty_body(self) -> None:
        """Add `pass` as the body of what has none."""
        self.level += 1
        self.add([Leaf("pass", added=True)])
        self.level -= 1

    def docstring(self, node: Expression | None) -> None:
        """Add the docstring of a body."""
        if node is not None:
            self.level += 1
            self.add(root(node))
            self.level -= 1

    def field(self, node: Field) -> None:
        """Add a field of a struct or an agent."""
        if isinstance(node.default, DictDisplay) and is_settings(node, node.default):
            self.settings(node.name, node.default)
            return
        doc = leaf(node.name)
        if node.annotation is not None:
            doc += [Leaf(": "), *expression(node.annotation, OPERATION)]
        if node.default is not None:
            doc += [Leaf(" = "), *root(node.default)]
        self.add(doc)

    def settings(self, name: str, node: DictDisplay) -> None:
        """Add a field whose dict was written as a block: `llm_params:` with `key = value` lines."""
        self.add(leaf(f"{name}:"), opens=True)
        self.level += 1
        for entry in node.entries:
            key = str(entry.key.value) if isinstance(entry.key, Text) else ""
            self.add([Leaf(f"{key} = "), *root(entry.value)])
        self.level -= 1
        if not node.entries:
            self.empty_body()

    def state_block(self, node: StateBlock) -> None:
        """Add `state:` and its fields."""
        self.add(leaf("state:"), opens=True)
        self.block(node.fields)
        if not node.fields:
            self.empty_body()

    def interface(self, node: Interface) -> None:
        """Add an interface: methods and the names of embedded interfaces."""
        self.add(leaf(f"interface {node.name}:"), opens=True)
        self.docstring(node.doc)
        self.level += 1
        for member in node.members:
            self.add(interface_member(member))
        self.level -= 1
        if node.doc is None and not node.members:
            self.empty_body()


def interface_member(node: InterfaceMethod | Name) -> Doc:
    """Return `name(parameters) -> T`, or the name of an embedded interface."""
    return bare(node) if isinstance(node, Name) else signature("", node.name, node)


def signature(word: str, name: str, node: Function | DeclarativePipeline | InterfaceMethod) -> Doc:
    """Return a name with its parameters and what it returns."""
    line = node.span.line if isinstance(node, InterfaceMethod) else node.name_span.line
    doc: Doc = [Leaf(f"{word}{name}"), *parameters(node.parameters, line)]
    return doc if node.returns is None else [*doc, Leaf(" -> "), *expression(node.returns, OPERATION)]


def parameters(nodes: tuple[Parameter, ...], line: int) -> Doc:
    """Return parameters in parentheses; spread over lines where the author did so. `line` is where the name stands."""
    forced = bool(nodes) and nodes[0].span.line > line
    return bracketed("(", [parameter(node) for node in nodes], ")", forced=forced)


def is_settings(node: Field, value: DictDisplay) -> bool:
    """Tell whether the dict of a field was written as a block: then no bracket stands before its first entry."""
    if not value.entries:
        return value.span[:2] == node.span[:2]
    return value.entries[0].span[:2] == value.span[:2] and value.span.line > node.span.line


def is_bare(node: DeclarativePipeline) -> bool:
    """Tell whether a pipeline was written `def p = f | g`: its parameter then stands nowhere in the text."""
    places = [parameter.span for parameter in node.parameters]
    return len(places) == 1 and places[0][:2] == places[0][2:] and node.parameters[0].name == "values"


def is_tall(node: Definition | object) -> bool:
    """Tell whether `node` is a definition with a body: such a one stands apart from its neighbours."""
    if isinstance(node, Agent):
        return node.block
    return isinstance(node, DEFINITIONS) and not isinstance(node, DeclarativePipeline)
