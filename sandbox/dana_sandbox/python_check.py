"""Check a program's tree against the rules without running it. Denied by default; every violation is collected.

The walk goes level by level through lists, never by recursion, so that no program can exhaust the stack; what
one node type needs stands in `allowed_nodes` when it is plain and in a method of `_Check` when it is not.
"""

import ast
from collections.abc import Callable, Iterable
from types import EllipsisType, NoneType
from typing import Any

from dana_sandbox import hints, names
from dana_sandbox.allowed_nodes import PLAIN, REFUSED
from dana_sandbox.import_check import ImportCheck
from dana_sandbox.name_rules import (
    Problem,
    attribute_problem,
    binding_problem,
    keyword_problem,
    listed_name_problem,
    loading_problem,
    pattern_problem,
)
from dana_sandbox.parsing import SHALLOWER, TOO_LONG, parse
from dana_sandbox.rules import MAX_VIOLATIONS, Rules
from dana_sandbox.tree_facts import entry_problem, literal_names, template_attributes
from dana_sandbox.verdict import Violation

__all__ = ["Rules", "check", "parse"]

MAX_INTEGER_BITS = 16_384

_CONSTANTS = frozenset({str, bytes, int, float, complex, bool, NoneType, EllipsisType})
# Names of guards cannot be spelled in source, but a tree can hold any text.
_GUARD_NAMES = frozenset(text for text in vars(names).values() if isinstance(text, str) and text[0] == "<")
_WATCHED_NAMES = _GUARD_NAMES | hints.BUILTIN_HINTS.keys()
# The tuples of names that Python itself reads from a class body; only a literal shows what is in them.
_NAME_TUPLES = frozenset({"__match_args__", "__slots__"})
# What is nothing of the program's own, plain to see.
_DISPLAYS = frozenset({ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.JoinedStr, ast.GeneratorExp})
# Builtins whose second argument names an attribute, and whether they change it.
_BY_NAME = {"getattr": False, "hasattr": False, "setattr": True, "delattr": True}
_METACLASS = "use a class decorator, or derive from abc.ABC"


def check(tree: ast.Module, rules: Rules) -> tuple[Violation, ...]:
    """Return every violation of `rules` in `tree`, in the order of the text; empty when the program may run.

    >>> rules = Rules(modules=frozenset({"json"}), exports={"json": frozenset({"dumps", "loads"})}.get)
    >>> print(*check(ast.parse("import json\\njson.codecs"), rules))
    2:1: json.codecs is not available here [export] (use str.encode and bytes.decode)
    """
    return _Check(rules).run(tree)


class _Check:
    """One walk over one tree. Methods named for a node type note what is wrong and return the children to go on."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.found: set[Violation] = set()
        self.bound: set[str] = set()
        self.imports = ImportCheck(rules, self.note, self.judge_binding)
        # What can only be judged when it is known what the program binds itself.
        self.attributes: list[ast.Attribute] = []
        self.watched: list[ast.Name] = []
        self.by_name: list[ast.Call] = []
        self.outer: set[str] = set()
        self.in_class = False
        # Where children go that stand in another scope than their parent.
        self.functions: list[Any] = []
        self.classes: list[Any] = []
        self.table = {**PLAIN, **{kind: method.__get__(self) for kind, method in _METHODS.items()}}
        self.table |= {ast.Import: self.imports.import_, ast.ImportFrom: self.imports.import_from}

    def run(self, tree: ast.Module) -> tuple[Violation, ...]:
        """Walk, then judge what only the whole program shows."""
        if self._walk(tree):
            self.bound |= self.imports.names
            self._judge_watched_names()
            self._judge_names_in_text()
            self.imports.judge_exports(self.attributes, self.bound)
            entry = self.rules.entry
            if entry and entry not in self.outer and (problem := entry_problem(tree, entry)):
                self.note(None, "entry", problem)
        found = sorted(self.found)
        if len(found) > MAX_VIOLATIONS:
            last = found[MAX_VIOLATIONS - 1]
            rest = Violation(
                last.line, last.column, "more", "there are more violations than these", "repair these first"
            )
            found = [*found[:MAX_VIOLATIONS], rest]
        return tuple(found)

    def _walk(self, tree: ast.Module) -> bool:
        """Visit everything, level by level; whether the program was small enough for that."""
        plain: list[Any] = list(tree.body)
        in_class: list[Any] = []
        nodes = depth = 0
        while plain or in_class:
            nodes += len(plain) + len(in_class)
            depth += 1
            if nodes > self.rules.max_nodes:
                self._too_big((*plain, *in_class), f"the program has more than {self.rules.max_nodes:,} parts")
                return False
            if depth > self.rules.max_depth:
                self._too_big((*plain, *in_class), f"the program is nested more than {self.rules.max_depth} deep")
                return False
            self.functions, self.classes = [], []
            self._level(plain, self.functions, in_class=False)
            self._level(in_class, self.classes, in_class=True)
            plain, in_class = self.functions, self.classes
        return True

    def _level(self, level: list[Any], below: list[Any], *, in_class: bool) -> None:
        self.in_class = in_class
        find = self.table.get
        refused = self._refuse
        extend = below.extend
        for node in level:
            extend(find(type(node), refused)(node))

    def _too_big(self, level: Iterable[Any], message: str) -> None:
        node = next((node for node in level if hasattr(node, "lineno")), None)
        self.note(node, "size", (message, SHALLOWER))

    def _refuse(self, node: ast.AST) -> Iterable[Any]:
        kind = type(node).__name__
        self.note(node, "node", REFUSED.get(kind, (f"{kind} is not available here", "write it in simpler statements")))
        return ast.iter_child_nodes(node)

    def note(self, node: Any, rule: str, problem: Problem) -> None:
        """Keep a problem of `rule` with the place of `node`; a name in it can be as long as the program."""
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        message, hint = problem
        self.found.add(Violation(line, column, rule, message if len(message) <= 200 else message[:197] + "...", hint))

    def _note_if(self, node: Any, rule: str, problem: Problem | None) -> None:
        if problem is not None:
            self.note(node, rule, problem)

    # Names

    def bind(self, name: str | None, node: Any) -> None:
        """Note that `name` is bound at `node`. Every binding form of the language comes through here."""
        if name is None:
            return
        self.bound.add(name)
        self.judge_binding(name, node)

    def judge_binding(self, name: str, node: Any) -> None:
        """Judge `name` as one that a program binds."""
        if name.startswith("_") or self.in_class or name in _GUARD_NAMES:
            if name in self.rules.trusted_names:
                return
            if name in _GUARD_NAMES:
                self.note(node, "name", (f"{name} is not a name", "use another name"))
            elif name in _NAME_TUPLES:
                self.note(node, "name", (f"{name} must be a literal tuple of names", f"write {name} = ('a', 'b')"))
            else:
                self._note_if(node, "name", binding_problem(name, in_class=self.in_class))

    def name(self, node: ast.Name) -> Iterable[Any]:
        """A name read, bound or deleted."""
        name = node.id
        if type(node.ctx) is not ast.Load:
            self.bind(name, node)
        elif name in _WATCHED_NAMES:
            self.watched.append(node)
        elif name[0] == "_" and name not in self.rules.trusted_names:
            self._note_if(node, "name", loading_problem(name, in_class=self.in_class))
        return ()

    def outer_names(self, node: ast.Global | ast.Nonlocal) -> Iterable[Any]:
        """`global a` and `nonlocal a`."""
        self.in_class, in_class = False, self.in_class
        for name in node.names:
            self.judge_binding(name, node)
        self.in_class = in_class
        self.outer.update(node.names)
        return ()

    def _judge_watched_names(self) -> None:
        own = self.bound | self.rules.inputs | self.rules.trusted_names | self.imports.modules.keys()
        for node in self.watched:
            if node.id in _GUARD_NAMES:
                self.note(node, "name", (f"{node.id} is not a name", "use another name"))
            elif node.id not in own:
                self.note(node, "builtin", (f"{node.id} is not available here", hints.BUILTIN_HINTS[node.id]))

    # Functions and classes

    def arg(self, node: ast.arg) -> Iterable[Any]:
        """One parameter; its annotation belongs to the scope around the function."""
        self.in_class, in_class = False, self.in_class
        self.bind(node.arg, node)
        self.in_class = in_class
        return (node.annotation,)

    def arguments(self, node: ast.arguments) -> Iterable[Any]:
        """All parameters of a function."""
        return (
            *node.posonlyargs,
            *node.args,
            node.vararg,
            *node.kwonlyargs,
            node.kwarg,
            *node.defaults,
            *node.kw_defaults,
        )

    def function(self, node: ast.FunctionDef) -> Iterable[Any]:
        """A def: its body is a scope of its own, the rest belongs to the scope around it."""
        self.bind(node.name, node)
        self.functions.extend(node.body)
        return (*node.decorator_list, node.args, node.returns, *getattr(node, "type_params", ()))

    def lambda_(self, node: ast.Lambda) -> Iterable[Any]:
        """A lambda."""
        self.functions.append(node.body)
        return (node.args,)

    def class_(self, node: ast.ClassDef) -> Iterable[Any]:
        """A class: no metaclass, neither by name nor hidden in `**`."""
        self.bind(node.name, node)
        for keyword in node.keywords:
            if keyword.arg is None:
                self.note(keyword.value, "class", ("** is not available in a class statement", "write keywords out"))
            elif keyword.arg == "metaclass":
                self.note(keyword, "class", ("metaclass is not available here", _METACLASS))
        self.classes.extend(node.body)
        return (*node.decorator_list, *node.bases, *node.keywords, *getattr(node, "type_params", ()))

    def comprehension(self, node: ast.comprehension) -> Iterable[Any]:
        """`for x in y if z` of a comprehension."""
        if node.is_async:
            self.note(node.target, "node", REFUSED["AsyncFor"])
        return (node.target, node.iter, *node.ifs)

    # Statements

    def assign(self, node: ast.Assign) -> Iterable[Any]:
        """`a = b = value`; a class's tuples of names must be literal."""
        if not self.in_class:
            return (*node.targets, node.value)
        return (*(t for t in node.targets if not self._is_name_tuple(t, node.value)), node.value)

    def annotated(self, node: ast.AnnAssign) -> Iterable[Any]:
        """`a: int = value`."""
        targets = () if self.in_class and self._is_name_tuple(node.target, node.value) else (node.target,)
        return (*targets, node.annotation, node.value)

    def _is_name_tuple(self, target: ast.expr, value: ast.expr | None) -> bool:
        """Whether `target = value` is `__match_args__` or `__slots__` of a class, and as it should be."""
        if not isinstance(target, ast.Name) or target.id not in _NAME_TUPLES:
            return False
        texts = literal_names(value)
        if texts is None:
            return False
        for text in texts:
            self._note_if(value, "name", listed_name_problem(target.id, text, numpy=self.rules.numpy))
        return True

    def if_(self, node: ast.If) -> Iterable[Any]:
        """`if test:`; imports for a type checker alone are not done, and a guard sees to that."""
        body: Iterable[Any] = node.body
        if type(node.test) is ast.Name and node.test.id == "TYPE_CHECKING":
            body = (child for child in node.body if not self.imports.is_for_types(child))
        return (node.test, *body, *node.orelse)

    def handler(self, node: ast.ExceptHandler) -> Iterable[Any]:
        """`except Error as name`."""
        self.bind(node.name, node)
        return (node.type, *node.body)

    # Expressions

    def constant(self, node: ast.Constant) -> Iterable[Any]:
        """A literal."""
        value: Any = node.value
        kind = type(value)
        if kind not in _CONSTANTS:
            self.note(node, "node", (f"a constant of type {kind.__name__} is not available here", "write plain data"))
        elif kind is int and value.bit_length() > MAX_INTEGER_BITS:
            self.note(node, "size", TOO_LONG)
        return ()

    def attribute(self, node: ast.Attribute) -> Iterable[Any]:
        """`value.name`, read, assigned or deleted."""
        name = node.attr
        if (name[0] == "_" or name in names.INTERPRETER_ATTRIBUTES) and name not in self.rules.trusted_attributes:
            self._note_if(node, "attribute", attribute_problem(name, store=type(node.ctx) is not ast.Load))
            if name == "__class__" and type(node.value) in _DISPLAYS:
                self.note(node, "attribute", (f"attribute {name} is not available here", "write type(x)"))
        self.attributes.append(node)
        if name in names.FORMAT_ATTRIBUTES and isinstance(node.value, ast.Constant):
            self._judge_template(node.value)
        return (node.value,)

    def call(self, node: ast.Call) -> Iterable[Any]:
        """A call."""
        if type(node.func) is ast.Name and node.func.id in _BY_NAME:
            self.by_name.append(node)
        return (node.func, *node.args, *node.keywords)

    def _judge_template(self, node: ast.Constant) -> None:
        """Judge the attributes that a literal such as `"{0.name}"` reads when it is formatted."""
        if not isinstance(node.value, str):
            return
        for name in template_attributes(node.value):
            if attribute_problem(name, store=False):
                hint = "pass the value itself: '{}'.format(value)"
                self.note(node, "format", (f"a format string may not read the attribute {name}", hint))

    def _judge_names_in_text(self) -> None:
        """`getattr(x, "name")` with a literal name is judged as `x.name` is."""
        for call in self.by_name:
            function = call.func.id if isinstance(call.func, ast.Name) else ""
            name = call.args[1] if len(call.args) > 1 else None
            if function in self.bound or not isinstance(name, ast.Constant) or not isinstance(name.value, str):
                continue
            self._note_if(name, "attribute", attribute_problem(name.value, store=_BY_NAME[function]))

    def subscript(self, node: ast.Subscript) -> Iterable[Any]:
        """`value[item]`, read, assigned or deleted: copies of what Python keeps are not there to be changed."""
        value = node.value
        if type(node.ctx) is not ast.Load and type(value) is ast.Attribute and value.attr in names.COPIED_DUNDERS:
            self._note_if(value, "attribute", attribute_problem(value.attr, store=True))
        return (value, node.slice)

    def keyword(self, node: ast.keyword) -> Iterable[Any]:
        """`name=value` in a call or a class statement."""
        if node.arg is not None and node.arg[0] == "_":
            self._note_if(node, "name", keyword_problem(node.arg))
        return (node.value,)

    # Patterns: they read attributes where no guard can stand

    def _pattern_attribute(self, name: str, node: Any) -> None:
        self._note_if(node, "attribute", pattern_problem(name, numpy=self.rules.numpy))

    def _pattern_path(self, node: ast.expr) -> ast.expr:
        path = node
        while isinstance(path, ast.Attribute):
            self._pattern_attribute(path.attr, path)
            path = path.value
        return node

    def match_value(self, node: ast.MatchValue) -> Iterable[Any]:
        """`case 1` and `case Colour.RED`."""
        return (self._pattern_path(node.value),)

    def match_mapping(self, node: ast.MatchMapping) -> Iterable[Any]:
        """`case {"a": a, **rest}`."""
        self.bind(node.rest, node)
        return (*map(self._pattern_path, node.keys), *node.patterns)

    def match_class(self, node: ast.MatchClass) -> Iterable[Any]:
        """`case Point(x, y=y)`."""
        for name in node.kwd_attrs:
            self._pattern_attribute(name, node)
        return (self._pattern_path(node.cls), *node.patterns, *node.kwd_patterns)

    def match_star(self, node: ast.MatchStar) -> Iterable[Any]:
        """`case [*rest]`."""
        self.bind(node.name, node)
        return ()

    def match_as(self, node: ast.MatchAs) -> Iterable[Any]:
        """`case x` and `case 1 | 2 as x`."""
        self.bind(node.name, node)
        return (node.pattern,)


_METHODS: dict[type, Callable[..., Iterable[Any]]] = {
    ast.Name: _Check.name,
    ast.Constant: _Check.constant,
    ast.Attribute: _Check.attribute,
    ast.Call: _Check.call,
    ast.Subscript: _Check.subscript,
    ast.keyword: _Check.keyword,
    ast.Lambda: _Check.lambda_,
    ast.arguments: _Check.arguments,
    ast.arg: _Check.arg,
    ast.FunctionDef: _Check.function,
    ast.ClassDef: _Check.class_,
    ast.Assign: _Check.assign,
    ast.AnnAssign: _Check.annotated,
    ast.Global: _Check.outer_names,
    ast.Nonlocal: _Check.outer_names,
    ast.comprehension: _Check.comprehension,
    ast.If: _Check.if_,
    ast.ExceptHandler: _Check.handler,
    ast.MatchValue: _Check.match_value,
    ast.MatchMapping: _Check.match_mapping,
    ast.MatchClass: _Check.match_class,
    ast.MatchStar: _Check.match_star,
    ast.MatchAs: _Check.match_as,
}
