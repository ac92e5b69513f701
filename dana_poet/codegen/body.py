"""What the body of a function does to the world, read from its syntax: pure, reads, writes, network or model."""

from __future__ import annotations

import ast
import builtins
import sys
import types
from typing import TYPE_CHECKING, Literal

from dana_poet.codegen import body_tables as tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Body = Literal["pure", "reads", "writes", "network", "model"]
Definition = ast.FunctionDef | ast.AsyncFunctionDef

DEEPEST = 3
"""How many calls of the user's own functions are followed into their source, one inside the other."""
STANDARD = sys.stdlib_module_names - {"__main__", "test"}
MOST = 24
"""How many functions are read for one; what is called beyond that is not known."""


class Imported(str):
    """The dotted name of something that is known only by its import."""

    __slots__ = ()


def classify(tree: Definition, names: Mapping[str, object]) -> Body:
    """Return what the body does, the strongest of all it may do: writes, then model, network, reads, pure.

    `names` are the globals and closure of the function; a value may be `Imported("requests")` where only the import is
    known. Pure means that nothing but the arguments is looked at and nothing but the result is made; what cannot be
    known is `reads`. A request that changes something elsewhere (POST, PATCH) is `writes`.

    >>> tree = ast.parse("def f(url):\\n    return requests.get(url).json()").body[0]
    >>> classify(tree, {"requests": Imported("requests")}), classify(tree, {})
    ('network', 'network')
    """
    found = effects(tree, names)
    if found & tables.WRITES:
        return "writes"
    for kind in ("model", "network"):
        if kind in found:
            return kind
    return "reads" if found else "pure"


def effects(tree: Definition, names: Mapping[str, object]) -> frozenset[str]:
    """Return what the body may do: any of memory, output, files, process, post, network, model, reads, unknown.

    `memory` is a change to an object that was there before the call, `output` is print and logging. A call may be
    repeated after a failure unless it holds one of `files`, `process` and `post`.

    >>> sorted(effects(ast.parse("def f(x):\\n    seen.append(x)").body[0], {}))
    ['memory', 'reads']
    """
    return frozenset(_Walk(tree, names, DEEPEST, {}).found())


class _Walk:
    """One look at one function."""

    def __init__(
        self,
        tree: Definition,
        names: Mapping[str, object],
        depth: int,
        read: dict[types.CodeType, frozenset[str]],
    ) -> None:
        self.tree, self.depth, self.read = tree, depth, read
        self.names = {**names, **_local_imports(tree)}
        self.parameters = {one.arg for one in ast.walk(tree.args) if isinstance(one, ast.arg)}
        self.locals = _bound(tree)
        self.outer = {
            name for one in ast.walk(tree) if isinstance(one, (ast.Global, ast.Nonlocal)) for name in one.names
        }
        self.fresh = _fresh(tree) - self.parameters - self.outer

    def found(self) -> Iterator[str]:
        """Yield the effects, some of them more than once."""
        for statement in self.tree.body:
            for node in ast.walk(statement):
                yield from self.of_node(node)

    def of_node(self, node: ast.AST) -> Iterator[str]:
        """Yield what one node does by itself."""
        match node:
            case ast.Call():
                yield from self.of_call(node)
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                if not self.is_fresh(node):
                    yield "memory"
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if name in self.outer:
                yield "memory"
            case ast.Name(id=name, ctx=ast.Load()):
                if name not in self.locals and not _constant(self.names.get(name, getattr(builtins, name, self))):
                    yield "reads"
            case ast.AugAssign(target=ast.Name(id=name)) if name not in self.fresh and isinstance(
                node.value, (ast.List, ast.Set, ast.Dict, ast.ListComp)
            ):
                yield "memory"

    def is_fresh(self, node: ast.AST) -> bool:
        """Whether the object behind `node` was made by this very call."""
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.fresh

    def of_call(self, call: ast.Call) -> Iterator[str]:
        """Yield what a call does, by the name that is called."""
        dotted, known = self.resolved(call.func)
        method = dotted.rpartition(".")[2]
        if known is not None and not tables.effect_of(dotted) and self.is_own(known):
            yield from self.of_own(known)
        elif dotted in {"open", "io.open", "codecs.open"} or (method == "open" and len(call.args) <= 1):
            yield _opened(
                call, 0 if method == "open" and "." in dotted and not dotted.startswith(("io", "codecs")) else 1
            )
        elif effect := tables.effect_of(dotted):
            yield from (effect,) if effect != "pure" else ()
        elif method in tables.SQL_METHODS and "." in dotted:
            yield _sql(call)
        elif method in tables.MUTATORS and isinstance(call.func, ast.Attribute):
            if not self.is_fresh(call.func.value):
                yield "memory"
        elif not (method in tables.PURE_METHODS and isinstance(call.func, ast.Attribute)) and not self.is_local(call):
            yield "unknown"

    def is_local(self, call: ast.Call) -> bool:
        """Whether the function called is defined inside this one, whose body is looked at anyway, or is a plain class."""
        named = call.func
        if not isinstance(named, ast.Name):
            return False
        value = self.names.get(named.id, getattr(builtins, named.id, None))
        inner = named.id in _inner(self.tree)
        return inner or (
            isinstance(value, type) and (issubclass(value, BaseException) or hasattr(value, "__dataclass_fields__"))
        )

    def resolved(self, node: ast.expr) -> tuple[str, object]:
        """Return the dotted name that a callee means, and the object when it is one of the user's names."""
        if isinstance(node, ast.Name):
            if node.id in self.locals and node.id not in self.names:
                return node.id if node.id in tables.TELLING else f"<{node.id}>", None
            value = self.names.get(node.id, getattr(builtins, node.id, None))
            return _dotted(value) or node.id, value
        if isinstance(node, ast.Attribute):
            base, value = self.resolved(node.value)
            found = getattr(value, node.attr, None) if isinstance(value, types.ModuleType) else None
            return f"{base}.{node.attr}", found
        if isinstance(node, ast.Call):
            return self.resolved(node.func)[0], None
        if isinstance(node, (ast.Subscript, ast.Await)):
            return self.resolved(node.value)[0], None
        return f"<{type(node).__name__}>", None

    def is_own(self, value: object) -> bool:
        """Whether `value` is a function of the user whose source says what it does."""
        if not isinstance(value, types.FunctionType) or self.depth == 0:
            return False
        root = (value.__module__ or "").partition(".")[0]
        return (
            not tables.effect_of(f"{value.__module__}.{value.__name__}")
            and root not in tables.LIBRARIES
            and root not in STANDARD
        )

    def of_own(self, value: object) -> Iterator[str]:
        """Yield what a function of the user does that this one calls."""
        from dana_poet.codegen.original import SourceUnavailableError, definition, names_of

        assert isinstance(value, types.FunctionType)
        found = self.read.get(value.__code__)
        if found is None:
            if len(self.read) >= MOST:
                yield "unknown"
                return
            self.read[value.__code__] = frozenset()  # a function that calls itself adds nothing to what it does
            try:
                walk = _Walk(definition(value), names_of(value), self.depth - 1, self.read)
                found = frozenset(walk.found())
            except SourceUnavailableError:
                found = frozenset({"unknown"})
            self.read[value.__code__] = found
        yield from found


def _constant(value: object) -> bool:
    """Whether a global of this value is the same at every call."""
    plain = (int, float, complex, str, bytes, bool, type(None), frozenset, types.ModuleType)
    if isinstance(value, tuple):
        return all(map(_constant, value))
    return isinstance(value, plain) or callable(value)


def _dotted(value: object) -> str:
    """Return `module.name` of a module, class or function that is not the user's own."""
    if isinstance(value, Imported):
        return str(value)
    if isinstance(value, types.ModuleType):
        return value.__name__
    if isinstance(value, types.MethodType):
        return f"{type(value.__self__).__module__}.{value.__name__}"
    if isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        module = tables.PUBLIC.get(value.__module__ or "", value.__module__ or "")
        return value.__qualname__ if module == "builtins" else f"{module}.{value.__qualname__}"
    kind = type(value)
    return "" if value is None or kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def imports_of(statements: Iterator[ast.AST]) -> dict[str, Imported]:
    """Return the names that import statements bind.

    >>> imports_of(iter(ast.parse("import os.path as p, json\\nfrom a.b import c").body))
    {'p': 'os.path', 'json': 'json', 'c': 'a.b.c'}
    """
    bound: dict[str, Imported] = {}
    for node in statements:
        if isinstance(node, ast.Import):
            for one in node.names:
                bound[one.asname or one.name.partition(".")[0]] = Imported(
                    one.name if one.asname else one.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            for one in node.names:
                bound[one.asname or one.name] = Imported(f"{node.module or ''}.{one.name}")
    return bound


def _local_imports(tree: Definition) -> dict[str, Imported]:
    return imports_of(ast.walk(tree))


def _inner(tree: Definition) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {one.name for one in ast.walk(tree) if isinstance(one, kinds) and one is not tree}


def _fresh(tree: Definition) -> set[str]:
    """Return the local names that hold only objects made by this call: displays, comprehensions, results of operators."""
    fresh: set[str] = set()
    other: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                bound = [one.id for one in targets if isinstance(one, ast.Name)]
                (fresh if _makes(value) else other).update(bound)
                other.update(_names([one for one in targets if not isinstance(one, ast.Name)]))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                (fresh if _makes(value) else other).add(name)
            case ast.For(target=target) | ast.AsyncFor(target=target) | ast.NamedExpr(target=target):
                other.update(_names([target]))
            case ast.withitem(optional_vars=ast.expr() as target):
                other.update(_names([target]))
            case _:
                pass
    return fresh - other


def _bound(tree: Definition) -> set[str]:
    """Return every name that is given a value inside a function, by any form."""
    bound = _inner(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                bound.add(name)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case _:
                pass
    return bound


def _names(targets: list[ast.expr]) -> set[str]:
    return {
        one.id for target in targets for one in ast.walk(target)
        if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }  # fmt: skip


def _makes(value: ast.expr) -> bool:
    kinds = (
        ast.List, ast.Dict, ast.Set, ast.Tuple, ast.Constant, ast.ListComp, ast.DictComp, ast.SetComp, ast.BinOp,
        ast.JoinedStr, ast.Compare,
    )  # fmt: skip
    return isinstance(value, kinds) or (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in tables.MAKERS
    )


def _opened(call: ast.Call, place: int) -> str:
    mode: ast.expr | None = call.args[place] if len(call.args) > place else None
    for keyword in call.keywords:
        mode = keyword.value if keyword.arg == "mode" else mode
    if mode is None:
        return "reads"
    text = mode.value if isinstance(mode, ast.Constant) else None
    return "reads" if isinstance(text, str) and not set(text) & set("wax+") else "files"


def _sql(call: ast.Call) -> str:
    text = call.args[0] if call.args else None
    words = text.value.split(maxsplit=1) if isinstance(text, ast.Constant) and isinstance(text.value, str) else []
    return "reads" if words and words[0].lower() in {"select", "with", "explain", "show", "pragma"} else "files"
