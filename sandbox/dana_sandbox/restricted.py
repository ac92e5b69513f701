"""Compile an untrusted program: parse, check, put guards before the few attributes that need one, compile.

The only importer of RestrictedPython. Its transformer refuses every node that it does not know; our policy gives
back the ordinary rest of Python at native speed, for what the check lets pass and the facades hand out has nothing
to hide behind a plain name.
"""

import __future__

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType, NoneType
from typing import Any, TypeAlias

from RestrictedPython.transformer import RestrictingNodeTransformer

from dana_sandbox import names
from dana_sandbox.allowed_nodes import ALLOWED
from dana_sandbox.parsing import syntax_violation
from dana_sandbox.python_check import Rules, check, parse
from dana_sandbox.safe_format import is_plain
from dana_sandbox.verdict import Violation


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program ready to run, or what the policy refuses in it (then `code` is None)."""

    code: CodeType | None
    violations: tuple[Violation, ...] = ()
    future_annotations: bool = False

    @property
    def accepted(self) -> bool:
        """Whether there is code to run."""
        return self.code is not None


def compile_program(source_or_tree: str | ast.Module, rules: Rules, *, filename: str = "<untrusted>") -> Compiled:
    """Return the guarded code of a program. A tree that is passed in is changed in place.

    Never raises because of the program: whatever is wrong with it, its syntax and its size included, is a violation.
    """
    tree = source_or_tree if isinstance(source_or_tree, ast.Module) else parse(source_or_tree)
    if isinstance(tree, tuple):
        return Compiled(None, tree)
    if violations := check(tree, rules):
        return Compiled(None, violations)
    future_annotations = _take_future(tree)
    policy = Policy(numpy=rules.numpy, trusted=rules.trusted_attributes)
    policy.visit(tree)
    if rules.numpy:
        policy.seal(tree)
    if policy.violations:
        return Compiled(None, tuple(sorted(policy.violations)))
    return _to_code(tree, filename, future_annotations=future_annotations)


def _to_code(tree: ast.Module, filename: str, *, future_annotations: bool) -> Compiled:
    flags = __future__.annotations.compiler_flag if future_annotations else 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            code = compile(tree, filename, "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        return Compiled(None, (syntax_violation(error),))
    except (RecursionError, MemoryError, ValueError, OverflowError) as error:
        return Compiled(None, (Violation(0, 0, "size", f"the program is too big to compile ({type(error).__name__})"),))
    return Compiled(code, (), future_annotations)


def _take_future(tree: ast.Module) -> bool:
    """Remove the `__future__` imports at the top; whether annotations stay text.

    Further down they stay, so that Python itself says that they stand in the wrong place.
    """
    start = 1 if ast.get_docstring(tree, clean=False) is not None else 0
    end = start
    features: set[str] = set()
    while end < len(tree.body) and isinstance(node := tree.body[end], ast.ImportFrom) and node.module == "__future__":
        features.update(alias.name for alias in node.names)
        end += 1
    del tree.body[start:end]
    return "annotations" in features


class Policy(RestrictingNodeTransformer):
    """RestrictedPython's refusals, and ordinary Python for what our check allows.

    The walk is a loop, so that no tree can exhaust our stack. A node type that is in no table goes RestrictedPython's
    way, which refuses what it does not know.
    """

    def __init__(self, *, numpy: bool = False, trusted: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.trusted = trusted
        self.violations: list[Violation] = []
        self.doors = names.GUARDED_ATTRIBUTES | names.ARRAY_DOORS if numpy else names.GUARDED_ATTRIBUTES

    def error(self, node: ast.AST, info: str, hint: str = "write it in simpler statements") -> None:
        """Keep what is refused, with its place."""
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", -1)
        self.violations.append(Violation(line, column + 1, "node", info, hint))

    def visit(self, node: ast.AST) -> ast.AST:
        """Transform everything below `node` in place, and return it."""
        waiting = [node]
        while waiting:
            parent = waiting.pop()
            for field in _FIELDS.get(type(parent), ()):
                value = getattr(parent, field, None)
                if type(value) is list:
                    if not all(type(child) in _UNTOUCHED for child in value):
                        value[:] = [new for child in value for new in self._replacements(child)]
                    waiting += value
                elif value is not None:
                    if type(value) not in _UNTOUCHED:
                        (value,) = self._replacements(value)
                        setattr(parent, field, value)
                    waiting.append(value)
        return node

    def _replacements(self, node: Any) -> "tuple[Any, ...] | list[Any]":
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            return handler(self, node)
        if type(node) not in _UNTOUCHED:
            self._refuse(node)
        return (node,)

    def _refuse(self, node: ast.AST) -> None:
        before = len(self.violations)
        super().visit(node)
        if len(self.violations) == before:
            self.not_allowed(node)

    def attribute(self, node: ast.Attribute) -> tuple[ast.expr]:
        """Put the guard that the name needs before the attribute; most need none."""
        name = node.attr
        if name in names.INTERPRETER_ATTRIBUTES:
            self.error(node, f".{name} reaches into the interpreter")
        elif type(node.ctx) is not ast.Load:
            node.value = _call(node, names.SET, node.value, name)
        elif name[0] == "_":
            return self._underscored(node)
        elif name in names.FORMAT_ATTRIBUTES:
            return (node if _is_plain_text(node.value) else _call(node, names.FORMAT, node.value, name),)
        elif name in self.doors:
            node.value = _call(node, names.DOOR, node.value, name)
        return (node,)

    def _underscored(self, node: ast.Attribute) -> tuple[ast.expr]:
        name, value = node.attr, node.value
        if name in self.trusted:
            return (node,)
        if name in names.COPIED_DUNDERS:
            return (_call(node, names.READ, value, name),)
        if name in names.LENT_METHODS:
            return (_call(node, names.METHOD, node.value, name),)
        if name in names.OWN_DUNDERS or not _is_dunder(name):
            node.value = _call(node, names.OWN, node.value, name)
        elif name in names.READABLE_DUNDERS:
            node.value = _kind_of(value)
        elif name not in names.DUNDER_METHODS and name not in names.ERROR_DUNDERS:
            self.error(node, f".{name} is not available here")
        return (node,)

    def compare(self, node: ast.Compare) -> tuple[ast.Compare]:
        """`a.__class__ is b.__class__` asks for types, whatever `a` and `b` are."""
        if all(type(op) in _SAMENESS for op in node.ops):
            node.left = _kind_of(node.left)
            node.comparators[:] = map(_kind_of, node.comparators)
        return (node,)

    def augmented(self, node: ast.AugAssign) -> tuple[ast.AugAssign]:
        """`o.x += y` also reads `o.x`: a guard for that goes before the one that every store gets."""
        target = node.target
        if isinstance(target, ast.Attribute):
            name = target.attr
            if _is_dunder(name):
                self.error(node, f"augmented assignment to .{name} is not available here", "define it in the class")
            elif name in self.doors or name in names.FORMAT_ATTRIBUTES:
                target.value = _call(target, names.DOOR, target.value, name)
        return (node,)

    def _needs_more_than_own(self, name: str) -> bool:
        return name in self.doors or name in names.FORMAT_ATTRIBUTES or name in names.INTERPRETER_ATTRIBUTES

    def seal(self, tree: ast.Module) -> None:
        """Put a guard on every own `__getattr__`, which must be a method then. For programs with numpy."""
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name == "__getattr__":
                node.decorator_list.append(ast.copy_location(ast.Name(names.SEAL, ast.Load()), node))
            elif not isinstance(node, ast.Attribute | ast.Constant) and "__getattr__" in vars(node).values():
                self.error(node, "__getattr__ must be a method here", "write def __getattr__ in the class")

    def pattern(self, node: ast.MatchValue | ast.MatchClass | ast.MatchMapping) -> tuple[ast.pattern]:
        """Patterns read attributes where no guard can stand: only names that need none may be there."""
        for name in _pattern_attributes(node):
            if (name[0] == "_" and name not in names.READABLE_DUNDERS) or self._needs_more_than_own(name):
                self.error(node, f".{name} cannot be read in a pattern", "read it in the body of the case")
        return (node,)


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_plain_text(node: ast.expr) -> bool:
    """Whether this is a literal whose fields read no attribute that needs a guard: then str.format itself will do."""
    return isinstance(node, ast.Constant) and type(node.value) is str and is_plain(node.value)


def _kind_of(node: ast.expr) -> ast.expr:
    """`x.__class__` as the type of any object; everything else as it is."""
    if isinstance(node, ast.Attribute) and node.attr == "__class__":
        return _call(node, names.KIND, node.value)
    return node


def _pattern_attributes(node: ast.MatchValue | ast.MatchClass | ast.MatchMapping) -> Iterator[str]:
    roots: list[ast.expr] = []
    match node:
        case ast.MatchValue():
            roots = [node.value]
        case ast.MatchMapping():
            roots = node.keys
        case ast.MatchClass():
            roots = [node.cls]
            yield from node.kwd_attrs
    for root in roots:
        yield from (inner.attr for inner in ast.walk(root) if isinstance(inner, ast.Attribute))


def _call(at: ast.expr | ast.alias, guard: str, *arguments: ast.expr | str | bool) -> ast.Call:
    """Return a call of a guard at the place of `at`, for error messages and tracebacks."""
    place: dict[str, Any] = {
        "lineno": at.lineno,
        "col_offset": at.col_offset,
        "end_lineno": at.end_lineno,
        "end_col_offset": at.end_col_offset,
    }
    given = [node if isinstance(node, ast.expr) else ast.Constant(node, **place) for node in arguments]
    return ast.Call(ast.Name(guard, ast.Load(), **place), given, [], **place)


def _import(_policy: Policy, node: ast.Import) -> list[ast.Assign]:
    """`import a.b` binds `a`, `import a.b as c` the facade of `a.b`."""
    return [
        _bind(alias, alias.asname or alias.name.partition(".")[0], names.IMPORT, alias.name, alias.asname is None)
        for alias in node.names
    ]


def _import_from(_policy: Policy, node: ast.ImportFrom) -> list[ast.Assign] | tuple[ast.ImportFrom]:
    if node.module is None or node.level or node.module == "__future__":
        return (node,)
    return [
        _bind(alias, alias.asname or alias.name, names.IMPORT_FROM, node.module, alias.name) for alias in node.names
    ]


def _bind(at: ast.alias, name: str, guard: str, *texts: str | bool) -> ast.Assign:
    target = ast.copy_location(ast.Name(name, ast.Store()), at)
    return ast.copy_location(ast.Assign([target], _call(at, guard, *texts)), at)


Handler: TypeAlias = Callable[[Policy, Any], "tuple[Any, ...] | list[Any]"]
_HANDLERS: dict[type, Handler] = {
    ast.Attribute: Policy.attribute,
    ast.AugAssign: Policy.augmented,
    ast.Compare: Policy.compare,
    ast.MatchValue: Policy.pattern,
    ast.MatchMapping: Policy.pattern,
    ast.MatchClass: Policy.pattern,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
}

_SAMENESS = frozenset({ast.Is, ast.IsNot, ast.Eq, ast.NotEq})

# Fields that hold no node to look at: text, numbers, operators, contexts.
_DATA = frozenset(
    "id attr arg name names module level asname rest kwd_attrs kind conversion is_async simple type_comment type_ignores "
    "ctx op ops".split()
)
_OWN_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Constant: (),
    # The names in these have been looked at by `Policy.pattern`; a guard cannot stand there.
    ast.MatchValue: (),
    ast.MatchMapping: ("patterns",),
    ast.MatchClass: ("patterns", "kwd_patterns"),
    ast.MatchSingleton: (),
}
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    kind: _OWN_FIELDS.get(kind, tuple(field for field in kind._fields if field not in _DATA))
    for kind in ALLOWED
    if issubclass(kind, ast.AST)
}
# Nodes that stay as they are; only their children are looked at. None stands where a child is left out.
_UNTOUCHED: frozenset[type] = (frozenset(_FIELDS) - frozenset(_HANDLERS)) | {NoneType}
