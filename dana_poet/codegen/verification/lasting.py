"""Refuse what would last from one call to the next: module-level effects, globals, shared containers, caches.

State has to live somewhere: in the module, in a default, in an attribute of a function or class. Each of these is
seen in the syntax, however many calls it takes until it shows.
"""

from __future__ import annotations

import ast
import builtins

from dana_poet.codegen.verification.reading import Candidate, Definition, Subject
from dana_poet.codegen.verification.refusal import Refused, at

_MAKERS = frozenset(
    "compile getLogger frozenset tuple Decimal Fraction range TypeVar NewType namedtuple timedelta str int float bool "
    "bytes len min max sum sorted MappingProxyType ord chr ParamSpec maketrans fromkeys dict set list".split()
)
"""Functions that a module may call while it is loaded: they make a value and no more."""
_READERS = frozenset(
    "get items keys values index count copy union intersection difference issubset issuperset isdisjoint".split()
)
_KEEPERS = frozenset("list dict set deque defaultdict OrderedDict Counter bytearray ChainMap WeakKeyDictionary".split())
_CACHES = frozenset({"cache", "lru_cache", "cached_property", "singledispatch"})
_BUILTINS = frozenset(dir(builtins))


def check_module(subject: Subject, candidate: Candidate) -> None:
    """Refuse statements beside the function that do something when the candidate is loaded."""
    known = {ast.dump(one) for one in subject.around}
    for node in candidate.others:
        if ast.dump(node) not in known and not _quiet(node):
            raise Refused("it does something when it is loaded", at(node))
        for name in _bound(node):
            if name in _BUILTINS and name != candidate.tree.name:
                raise Refused(f"it gives the builtin {name} another meaning", at(node))


def _quiet(node: ast.stmt) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            defaults = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
            return not node.decorator_list and all(map(_value, defaults))
        case ast.ClassDef():
            return all(_quiet(one) or isinstance(one, ast.FunctionDef) for one in node.body) and all(
                map(_value, node.decorator_list)
            )
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=targets, value=value):
            return all(isinstance(one, (ast.Name, ast.Tuple)) for one in targets) and _value(value)
        case ast.AnnAssign(target=ast.Name(), value=value):
            return value is None or _value(value)
        case ast.If(test=test, body=body, orelse=orelse):
            return ast.unparse(test).endswith("TYPE_CHECKING") and all(map(_quiet, [*body, *orelse]))
        case _:
            return False


def _value(node: ast.expr) -> bool:
    """Whether an expression makes a value and does nothing else."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            name = one.func.attr if isinstance(one.func, ast.Attribute) else getattr(one.func, "id", "")
            if name not in _MAKERS | {"dataclass", "field"}:
                return False
        elif isinstance(one, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
    return True


def _bound(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(one.asname or one.name).partition(".")[0] for one in node.names]
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]


def check_state(subject: Subject, candidate: Candidate) -> None:
    """Refuse what keeps something for the next call."""
    original = [subject.tree, *subject.around]
    had = {ast.dump(node) for tree in original for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    top = _module_names(subject, candidate)
    for node in ast.walk(candidate.module):
        if isinstance(node, (ast.Global, ast.Assign, ast.AugAssign, ast.Delete)) and ast.dump(node) in had:
            continue
        _check_node(node, top)
    for one in candidate.others:
        if isinstance(one, Definition):
            _check_helper(one, had)
    _check_containers(subject, candidate)
    for maker in _decorators_above(candidate):
        raise Refused("it caches results between calls", at(maker))


def _module_names(subject: Subject, candidate: Candidate) -> frozenset[str]:
    """Return names that mean something that outlives a call: not parameters and locals."""
    found = {name for one in candidate.module.body for name in _bound(one)}
    outer = {name for one in subject.around for name in _bound(one)} | set(subject.names)
    local = {one.arg for one in ast.walk(candidate.tree) if isinstance(one, ast.arg)}
    local |= {
        one.id for one in ast.walk(candidate.tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
    }
    return frozenset((found | outer | _BUILTINS) - local)


def _check_node(node: ast.AST, top: frozenset[str]) -> None:
    if isinstance(node, ast.Global):
        raise Refused("it changes a global variable", at(node))
    if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
        root = _root(node)
        if root is not None and root in top:
            raise Refused(f"it keeps something in {root} for the next call", at(node))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        root = _root(node.func)
        if root in top and node.func.attr in _CHANGERS and not _is_module_call(node.func):
            raise Refused(f"it changes {root}, which lasts", at(node))


_CHANGERS = frozenset(
    "append extend insert remove pop popitem clear update setdefault add discard appendleft popleft sort reverse "
    "__setitem__ __delitem__ cache_clear send".split()
)


def _is_module_call(function: ast.Attribute) -> bool:
    """Whether it is `heapq.merge` or `dict.update`: a function of a module or class, not of a container."""
    return isinstance(function.value, ast.Name) and function.value.id in {"bisect", "operator", "heapq"}


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _check_helper(helper: Definition, had: set[str]) -> None:
    """Refuse a helper with a default that can be changed."""
    if ast.dump(helper) in had:
        return
    for default in [*helper.args.defaults, *helper.args.kw_defaults]:
        if default is not None and _keeps(default):
            raise Refused(f"a default of {helper.name} is shared between calls", at(default))


def _keeps(node: ast.expr | None) -> bool:
    """Whether an expression makes a container that can be changed."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        return name in _KEEPERS | {"fromkeys"}
    return isinstance(node, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp))


def _check_containers(subject: Subject, candidate: Candidate) -> None:
    """Refuse a container of the module that is used as more than a table to look things up in."""
    known = {ast.dump(one) for one in subject.around}
    tables = set()
    for one in candidate.others:
        if isinstance(one, (ast.Assign, ast.AnnAssign)) and ast.dump(one) not in known and _keeps(one.value):
            tables |= set(_bound(one))
    if not tables:
        return
    parents = {child: node for node in ast.walk(candidate.module) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(candidate.module):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load) or node.id not in tables:
            continue
        if not _looked_up(node, parents):
            raise Refused(f"{node.id} is shared between calls", at(parents[node]))


def _looked_up(node: ast.Name, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a table is only read where it stands: an item, a method that reads, `in`, a loop."""
    parent = parents[node]
    match parent:
        case ast.Subscript(value=value, ctx=ast.Load()) if value is node:
            return True
        case ast.Attribute(attr=name):
            return name in _READERS
        case ast.Compare() | ast.For() | ast.comprehension() | ast.Starred() | ast.FormattedValue():
            return True
        case ast.Dict(keys=keys, values=values):
            return any(key is None and value is node for key, value in zip(keys, values, strict=True))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join")):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in {"len", "sorted", "min", "max", "sum", "any", "all", "enumerate", "reversed", "zip", "list",
                            "tuple", "dict", "set", "frozenset", "next", "iter", "isinstance", "map", "filter", "str", "repr"}  # fmt: skip
        case _:
            return False


def _decorators_above(candidate: Candidate) -> list[ast.AST]:
    """Return uses of caches that live as long as the module: those inside a function last for its call."""
    inside = {
        id(node)
        for one in candidate.module.body
        if isinstance(one, Definition)
        for part in one.body
        for node in ast.walk(part)
    }
    found: list[ast.AST] = []
    for node in ast.walk(candidate.module):
        name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
        if name in _CACHES and id(node) not in inside and isinstance(node, (ast.Name, ast.Attribute)):
            found.append(node)
    return found
