"""Check a program's tree against the rules without running it. Denied by default; every violation is collected.

The walk goes level by level through lists, never by recursion, so that no program can exhaust the stack; what
one node type needs stands in `allowed_nodes` when it is plain and in a method of `_Check` when it is not.
"""

import ast
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import EllipsisType, NoneType
from typing import Any

from dana_sandbox import hints, names
from dana_sandbox.allowed_nodes import PLAIN, REFUSED
from dana_sandbox.name_rules import (
    Problem,
    attribute_problem,
    binding_problem,
    is_dunder,
    keyword_problem,
    loading_problem,
    pattern_problem,
)
from dana_sandbox.policy import OPTIONAL_MODULES
from dana_sandbox.verdict import Violation

MAX_VIOLATIONS = 100
MAX_INTEGER_BITS = 16_384

_CONSTANTS = frozenset({str, bytes, int, float, complex, bool, NoneType, EllipsisType})
_GUARD_NAMES = frozenset({names.OWN, names.FORMAT, names.IMPORT, names.IMPORT_FROM, names.SET})
_WATCHED_NAMES = _GUARD_NAMES | hints.BUILTIN_HINTS.keys()
# The tuples of names that Python itself reads from a class body; only a literal shows what is in them.
_NAME_TUPLES = frozenset({"__match_args__", "__slots__"})
_SLOT_DUNDERS = frozenset({"__dict__", "__weakref__"})
_MODULE_LEVEL_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one program may say: modules and their exports, its entry, the names that the host puts in.

    `exports(module)` are the names of an allowed module, None when there is no such module. `trusted_names` are
    names that a trusted translator put into the tree; no rule about names is applied to them.
    """

    modules: frozenset[str]
    exports: Callable[[str], frozenset[str] | None]
    entry: str | None = None
    inputs: frozenset[str] = frozenset()
    numpy: bool = False
    trusted_names: frozenset[str] = frozenset()
    max_nodes: int = 50_000
    max_depth: int = 200


def parse(source: str) -> ast.Module | tuple[Violation, ...]:
    """Return the tree of `source`, or why there is none. Meant for a child: a parser has limits of its own.

    >>> print(*parse("x = ="))
    1:5: invalid syntax [syntax] (write Python 3.11)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        message = str(error.msg)[:200]
        return (Violation(error.lineno or 0, max(error.offset or 0, 0), "syntax", message, "write Python 3.11"),)
    except (RecursionError, MemoryError, OverflowError):
        return (Violation(0, 0, "size", "the program is nested too deeply to be read", _SHALLOWER),)
    except ValueError as error:
        return (Violation(0, 0, "syntax", str(error)[:200], "write Python 3.11"),)


def check(tree: ast.Module, rules: Rules) -> tuple[Violation, ...]:
    """Return every violation of `rules` in `tree`, in the order of the text; empty when the program may run.

    >>> rules = Rules(modules=frozenset({"json"}), exports={"json": frozenset({"dumps", "loads"})}.get)
    >>> print(*check(ast.parse("import json\\njson.codecs"), rules))
    2:1: json.codecs is not available here [export] (use str.encode and bytes.decode)
    """
    return _Check(rules).run(tree)


_SHALLOWER = "give inner parts names of their own"


class _Check:
    """One walk over one tree. Methods named for a node type note what is wrong and return the children to go on."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.found: set[Violation] = set()
        self.bound: set[str] = set()
        self.imported: dict[str, str | None] = {}
        self.dotted: list[ast.Attribute] = []
        self.watched: list[ast.Name] = []
        self.in_class = False
        # Where children go that stand in another scope than their parent.
        self.functions: list[Any] = []
        self.classes: list[Any] = []
        self.table = {**PLAIN, **{kind: method.__get__(self) for kind, method in _METHODS.items()}}

    def run(self, tree: ast.Module) -> tuple[Violation, ...]:
        """Walk, then judge what only the whole program shows."""
        self._walk(tree)
        self._judge_watched_names()
        if self.imported:
            self._judge_exports()
        self._judge_entry(tree)
        found = sorted(self.found)
        if len(found) > MAX_VIOLATIONS:
            rest = Violation(0, 0, "size", f"{len(found) - MAX_VIOLATIONS} more violations are not listed")
            found = [*found[:MAX_VIOLATIONS], rest]
        return tuple(found)

    def _walk(self, tree: ast.Module) -> None:
        plain: list[Any] = list(tree.body)
        in_class: list[Any] = []
        nodes = depth = 0
        while plain or in_class:
            nodes += len(plain) + len(in_class)
            depth += 1
            if nodes > self.rules.max_nodes:
                self._too_big((*plain, *in_class), f"the program has more than {self.rules.max_nodes:,} parts")
                return
            if depth > self.rules.max_depth:
                self._too_big((*plain, *in_class), f"the program is nested more than {self.rules.max_depth} deep")
                return
            self.functions, self.classes = [], []
            self._level(plain, self.functions, in_class=False)
            self._level(in_class, self.classes, in_class=True)
            plain, in_class = self.functions, self.classes

    def _level(self, level: list[Any], below: list[Any], *, in_class: bool) -> None:
        self.in_class = in_class
        find = self.table.get
        refused = self._refuse
        extend = below.extend
        for node in level:
            extend(find(type(node), refused)(node))

    def _too_big(self, level: Iterable[Any], message: str) -> None:
        node = next((node for node in level if hasattr(node, "lineno")), None)
        self._add(node, "size", (message, _SHALLOWER))

    def _refuse(self, node: ast.AST) -> Iterable[Any]:
        kind = type(node).__name__
        self._add(node, "node", REFUSED.get(kind, (f"{kind} is not available here", "write it in simpler statements")))
        return ast.iter_child_nodes(node)

    def _add(self, node: Any, rule: str, problem: Problem) -> None:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1) + 1
        self.found.add(Violation(line, column, rule, *problem))

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
                self._add(node, "name", (f"{name} is not a name", "use another name"))
            elif name in _NAME_TUPLES:
                self._add(node, "name", (f"{name} must be a literal tuple of names", f"write {name} = ('a', 'b')"))
            elif problem := binding_problem(name, in_class=self.in_class):
                self._add(node, "name", problem)

    def name(self, node: ast.Name) -> Iterable[Any]:
        """A name read, bound or deleted."""
        name = node.id
        if type(node.ctx) is not ast.Load:
            self.bind(name, node)
        elif name in _WATCHED_NAMES:
            self.watched.append(node)
        elif name[0] == "_" and name not in self.rules.trusted_names:
            problem = loading_problem(name, in_class=self.in_class)
            if problem:
                self._add(node, "name", problem)
        return ()

    def outer_names(self, node: ast.Global | ast.Nonlocal) -> Iterable[Any]:
        """`global a` and `nonlocal a`."""
        for name in node.names:
            self.judge_binding(name, node)
        return ()

    def _judge_watched_names(self) -> None:
        own = self.bound | self.rules.inputs | self.rules.trusted_names
        for node in self.watched:
            if node.id in _GUARD_NAMES:
                self._add(node, "name", (f"{node.id} is not a name", "use another name"))
            elif node.id not in own:
                self._add(node, "builtin", (f"{node.id} is not available here", hints.BUILTIN_HINTS[node.id]))

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
                self._add(keyword.value, "class", ("** is not available in a class statement", "write keywords out"))
            elif keyword.arg == "metaclass":
                self._add(keyword, "class", ("metaclass is not available here", _METACLASS))
        self.classes.extend(node.body)
        return (*node.decorator_list, *node.bases, *node.keywords, *getattr(node, "type_params", ()))

    def comprehension(self, node: ast.comprehension) -> Iterable[Any]:
        """`for x in y if z` of a comprehension."""
        if node.is_async:
            self._add(node.target, "node", REFUSED["AsyncFor"])
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
        texts = _literal_names(value)
        if texts is None:
            return False
        for text in texts:
            slot_dunder = target.id == "__slots__" and text in _SLOT_DUNDERS
            if target.id == "__match_args__":
                problem = pattern_problem(text, numpy=self.rules.numpy)
            else:
                problem = None if slot_dunder else binding_problem(text, in_class=True)
            if not text.isidentifier() or (is_dunder(text) and not slot_dunder):
                problem = (f"{target.id} may not hold {text!r}", "list plain names")
            if problem:
                self._add(value, "name", problem)
        return True

    def handler(self, node: ast.ExceptHandler) -> Iterable[Any]:
        """`except Error as name`."""
        self.bind(node.name, node)
        return (node.type, *node.body)

    # Imports

    def import_(self, node: ast.Import) -> Iterable[Any]:
        """`import a.b as c`."""
        for alias in node.names:
            root = alias.name.partition(".")[0]
            if self._may_import(alias.name) and (alias.asname or self._may_import(root)):
                self._bind_module(alias.asname or root, alias.name if alias.asname else root, alias)
            else:
                self._refuse_module(alias.name, alias)
                self.bind(alias.asname or root, alias)
        return ()

    def import_from(self, node: ast.ImportFrom) -> Iterable[Any]:
        """`from a import b as c`: the module, then each name of it."""
        module = node.module or ""
        if node.level:
            self._add(node, "import", ("relative imports are not available here", "there is one module: write it here"))
        elif module == "__future__":
            self._future(node)
            return ()
        elif not self._may_import(module):
            self._refuse_module(module, node)
        else:
            for alias in node.names:
                self._judge_from(module, alias)
        for alias in node.names:
            inner = f"{module}.{alias.name}"
            if not node.level and self._may_import(inner):
                self._bind_module(alias.asname or alias.name, inner, alias)
            elif alias.name != "*":
                self.bind(alias.asname or alias.name, alias)
        return ()

    def _future(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "annotations" or alias.asname:
                message = f"from __future__ import {alias.name} is not available here"
                self._add(alias, "import", (message, "leave it out"))

    def _judge_from(self, module: str, alias: ast.alias) -> None:
        if alias.name == "*":
            self._add(alias, "import", ("import * is not available here", f"name what you need from {module}"))
        elif not self._may_import(f"{module}.{alias.name}"):
            self._judge_export(module, alias.name, alias)

    def _judge_export(self, module: str, name: str, node: Any) -> None:
        exports = self.rules.exports(module)
        if exports is not None and name not in exports:
            hint = hints.export_hint(module, name, exports, self.rules.modules)
            self._add(node, "export", (f"{module}.{name} is not available here", hint))

    def _may_import(self, module: str) -> bool:
        if module in self.rules.modules:
            return True
        root, dot, _ = module.partition(".")
        inside_optional = bool(dot) and root in OPTIONAL_MODULES and root in self.rules.modules
        return inside_optional and self.rules.exports(module) is not None

    def _refuse_module(self, module: str, node: Any) -> None:
        root = module.partition(".")[0]
        if root in OPTIONAL_MODULES and root not in self.rules.modules:
            message = f"{root} is opt-in and not switched on here"
        else:
            message = f"{module} is not available here"
        self._add(node, "import", (message, hints.module_hint(module, self.rules.modules)))

    def _bind_module(self, name: str, module: str, alias: ast.alias) -> None:
        self.judge_binding(name, alias)
        # A name of two modules is nobody's; the guards see to it when the program runs.
        self.imported[name] = module if self.imported.get(name, module) == module else None

    def _judge_exports(self) -> None:
        """Judge `module.name` wherever `module` can only be what an import bound."""
        for node in self.dotted:
            module = self._module_of(node.value)
            if module is None or self._may_import(f"{module}.{node.attr}"):
                continue
            if type(node.ctx) is not ast.Load:
                self._add(node, "attribute", (f"{module} is read-only", "keep the value in a variable of your own"))
            elif node.attr not in names.READABLE_DUNDERS:
                self._judge_export(module, node.attr, node)

    def _module_of(self, node: ast.expr) -> str | None:
        """The module that `node` stands for: a name bound only by imports, or a submodule of one."""
        if isinstance(node, ast.Name):
            return None if node.id in self.bound else self.imported.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            inner = f"{self._module_of(node.value)}.{node.attr}"
            return inner if self._may_import(inner) else None
        return None

    # Expressions

    def constant(self, node: ast.Constant) -> Iterable[Any]:
        """A literal."""
        value: Any = node.value
        kind = type(value)
        if kind not in _CONSTANTS:
            self._add(node, "node", (f"a constant of type {kind.__name__} is not available here", "write plain data"))
        elif kind is int and value.bit_length() > MAX_INTEGER_BITS:
            self._add(node, "size", ("this number is too long", "write it as a power or take it from the inputs"))
        return ()

    def attribute(self, node: ast.Attribute) -> Iterable[Any]:
        """`value.name`, read, assigned or deleted."""
        name = node.attr
        if name[0] == "_" or name in names.INTERPRETER_ATTRIBUTES:
            problem = attribute_problem(name, store=type(node.ctx) is not ast.Load)
            if problem:
                self._add(node, "attribute", problem)
        self.dotted.append(node)
        return (node.value,)

    def call(self, node: ast.Call) -> Iterable[Any]:
        """A call."""
        return (node.func, *node.args, *node.keywords)

    def keyword(self, node: ast.keyword) -> Iterable[Any]:
        """`name=value` in a call or a class statement."""
        if node.arg is not None and node.arg[0] == "_" and (problem := keyword_problem(node.arg)):
            self._add(node, "name", problem)
        return (node.value,)

    # Patterns: they read attributes where no guard can stand

    def _pattern_attribute(self, name: str, node: Any) -> None:
        if problem := pattern_problem(name, numpy=self.rules.numpy):
            self._add(node, "attribute", problem)

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

    # The entry

    def _judge_entry(self, tree: ast.Module) -> None:
        entry = self.rules.entry
        if entry is None or any(name == entry for name in _module_names(tree)):
            return
        functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
        instead = f" (the program defines {', '.join(functions[:5])})" if functions else ""
        hint = f"write def {entry}(...): at the top level"
        self._add(None, "entry", (f"there is no function {entry} to call{instead}", hint))


_METACLASS = "use a class decorator, or derive from abc.ABC"

_METHODS: dict[type, Callable[..., Iterable[Any]]] = {
    ast.Name: _Check.name,
    ast.Constant: _Check.constant,
    ast.Attribute: _Check.attribute,
    ast.Call: _Check.call,
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
    ast.Import: _Check.import_,
    ast.ImportFrom: _Check.import_from,
    ast.ExceptHandler: _Check.handler,
    ast.MatchValue: _Check.match_value,
    ast.MatchMapping: _Check.match_mapping,
    ast.MatchClass: _Check.match_class,
    ast.MatchStar: _Check.match_star,
    ast.MatchAs: _Check.match_as,
}


def _literal_names(value: ast.expr | None) -> list[str] | None:
    """The texts of a literal tuple or list of strings (or one string); None for anything else."""
    items = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    texts = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return texts if len(texts) == len(items) else None


def _module_names(tree: ast.Module) -> Iterator[str]:
    """Names that the module's own statements bind, those inside functions and classes left out."""
    blocks: list[Any] = [tree.body]
    while blocks:
        for node in blocks.pop():
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield node.name
                continue
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from (alias.asname or alias.name for alias in node.names)
            elif isinstance(node, ast.Assign):
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id
            blocks.extend(getattr(node, field, ()) for field in _MODULE_LEVEL_BLOCKS)
