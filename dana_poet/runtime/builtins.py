"""What every Dana program sees: allowed built-ins, helpers of generated code, and the library, loaded when it is named."""

from __future__ import annotations

import builtins
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError
from dana_poet.runtime import coerce as coercion
from dana_poet.runtime import failures, members, operators, structs, truth, types
from dana_poet.runtime.library_table import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType

PLAIN = [
    "len", "sum", "max", "min", "abs", "round", "int", "float", "str", "list", "dict", "tuple", "set", "frozenset",
    "bytes", "complex", "slice", "sorted", "reversed", "enumerate", "zip", "map", "range", "isinstance", "print",
    "chr", "ord", "hash", "repr", "format", "divmod", "pow", "hex", "bin", "oct", "callable", "iter", "next",
    "issubclass", "ascii",
]  # fmt: skip
REFUSED = {
    "open": 'use a resource: use("filesystem", root="...")',
    "input": "pass values on the command line as key=value, or as a parameter",
    "eval": "write the expression in the program", "exec": "write the code in the program",
    "compile": "write the code in the program", "globals": "use private: or public: variables",
    "locals": "name the variables that you need", "vars": "name the fields that you need",
    "dir": "name the fields that you need", "__import__": "use an import statement",
    "id": "compare values with 'is'", "memoryview": "use bytes", "getattr": "write value.name, or a dict",
    "setattr": "write value.name = ..., or a dict", "delattr": "write del value.name",
    "object": "use 'any' for a type", "super": "structs have no base class: embed with a _field",
}  # fmt: skip


class Scope(dict[str, Any]):
    """`private:`, `public:` or `system:` variables; a name that is not set reads as none."""

    def __missing__(self, name: str) -> None:
        return None


def _all(values: Any) -> bool:
    return builtins.all(map(truth.truth, values))


def _any(values: Any) -> bool:
    return builtins.any(map(truth.truth, values))


def _filter(function: Callable[..., Any] | None, values: Any) -> Iterator[Any]:
    keep = truth.truth if function is None else lambda value: truth.truth(function(value))
    return builtins.filter(keep, values)


def _chain_of(compare: dict[str, Callable[[Any, Any], Any]]) -> Callable[..., bool]:
    """Return what compares a chain whose sides are computed one by one, as in `a < b < c`."""

    def chain(symbols: tuple[str, ...], *thunks: Callable[[], Any]) -> bool:
        left = thunks[0]()
        for symbol, thunk in zip(symbols, thunks[1:], strict=True):
            right = thunk()
            if not compare[symbol](left, right):
                return False
            left = right
        return True

    return chain


_MEMBERSHIP: dict[str, Callable[[Any, Any], Any]] = {
    "in": lambda a, b: a in b, "not in": lambda a, b: a not in b,
    "is": lambda a, b: a is b, "is not": lambda a, b: a is not b,
}  # fmt: skip


def _and(left: Any, right: Callable[[], Any]) -> Any:
    return right() if truth.truth(left) else left


def _has_value(read: Callable[[], Any]) -> bool:
    """Return whether a name has a value here: what `"name" in locals()` asks."""
    try:
        read()
    except NameError:
        return False
    return True


def _or(left: Any, right: Callable[[], Any]) -> Any:
    return left if truth.truth(left) else right()


def _coerce(value: Any, target: Any, deep: bool = False) -> Any:
    return coercion.coerce(value, target, deep=deep)


def _texts(values: Any) -> Any:
    """Return the texts that are to be joined: Python's own `join` does not wait for promises."""
    promises = sys.modules.get("dana_poet.runtime.promise")
    return values if promises is None else builtins.map(promises.force, values)


def _named(name: str) -> Callable[[Any], Any]:
    """Return a decorator that gives a function the name its author wrote."""

    def rename(function: Any) -> Any:
        function.__name__ = name
        function.__qualname__ = name
        function.__code__ = function.__code__.replace(co_name=name, co_qualname=name)
        return function

    return rename


def _with_options(value: Any, options: dict[str, Any]) -> Any:
    value.__dana_options__ = options
    around = getattr(options, "around", None)
    if around is not None:
        for name, member in list(vars(value).items()):
            if callable(member) and not name.startswith("_"):
                setattr(value, name, around(member, value.__name__))
    return value


def _shape(value: Any, name: str, target: Any) -> dict[str, Any]:
    """Return the `shape` argument for an agent's built-in method that asks a model; nothing for any other method."""
    agents = sys.modules.get("dana_poet.runtime.agent_methods")
    own = getattr(agents.BuiltInMethods, name, None) if agents is not None else None
    method = getattr(value, name, None)
    return {"shape": target} if own is not None and getattr(method, "__func__", method) is own else {}


def _module_of(name: str, names: dict[str, Any]) -> Any:
    from types import ModuleType

    module = ModuleType(name)
    vars(module).update(names)
    return module


HELPERS: dict[str, Any] = {
    "add": operators.add, "eq": operators.eq, "ne": operators.ne, "lt": operators.lt, "le": operators.le,
    "gt": operators.gt, "ge": operators.ge, "chain": _chain_of(operators.MIXED | _MEMBERSHIP), "and": _and, "or": _or, "has_value": _has_value, "truth": truth.truth,
    "isinstance": builtins.isinstance, "dict": dict, "str": str, "int": int, "float": float, "bool": bool,
    "list": list, "set": set, "tuple": tuple, "any": Any, "none_type": type(None), "generic": types.generic,
    "union": types.union, "member": members.member, "set_member": members.set_member,
    "delete_member": members.delete_member, "set_scoped": members.set_scoped, "method": members.method, "found_method": members.found_method,
    "formatter": members.formatter, "receive": members.receive, "receive_of_agent": members.receive_of_agent, "named": _named, "must_be": types.must_be,
    "missing": structs.MISSING, "missing_field": structs.missing_field, "fresh": structs.fresh,
    "default": structs.default, "Default": structs.Default, "own_defaults": structs.own_defaults, "class": builtins.type,
    "field": coercion.check_field, "struct": structs.struct, "interface": types.Interface, "coerce": _coerce,
    "shape": _shape, "texts": _texts, "with_options": _with_options, "module_of": _module_of,
    "finished": failures.Finished, "error": failures.error, "cause": failures.cause, "caught": failures.caught,
    "Exception": Exception, "TypeError": TypeError, "AttributeError": AttributeError,
    "AssertionError": AssertionError,
}  # fmt: skip

UNMIXED: dict[str, Any] = {
    f"_dana_{name}": operators.UNMIXED[symbol]
    for name, symbol in (("add", "+"), ("eq", "=="), ("ne", "!="), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="))
} | {"_dana_chain": _chain_of(operators.UNMIXED | _MEMBERSHIP)}
"""What stands in for the helpers above in programs whose settings turn the mixed rules off."""

LAZY_HELPERS = {
    "options": "dana_poet.stages.options:options",
    "pipe": "dana_poet.runtime.pipeline:pipe", "stage": "dana_poet.runtime.pipeline:stage",
    "call_stage": "dana_poet.runtime.pipeline:call_stage",
    "captured_stage": "dana_poet.runtime.pipeline:captured_stage",
    "expression_stage": "dana_poet.runtime.pipeline:expression_stage",
    "declared": "dana_poet.runtime.pipeline:declared", "block": "dana_poet.runtime.pipeline:block",
    "define_agent": "dana_poet.runtime.agents:define_agent",
    "define_resource": "dana_poet.runtime.resources:define_resource",
    "bind_handler": "dana_poet.runtime.handlers:bind_handler",
    "on_feedback": "dana_poet.runtime.handlers:on_feedback",
    "workflow_fsm": "dana_poet.runtime.fsm:create_simple_workflow_fsm",
    "import": "dana_poet.runtime.modules:import_module", "import_name": "dana_poet.runtime.modules:import_name",
    "import_all": "dana_poet.runtime.modules:import_all", "export": "dana_poet.runtime.modules:export",
}  # fmt: skip


def _exceptions() -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, Exception) and not name.startswith("_")
    }


def _base() -> dict[str, Any]:
    names = {name: getattr(builtins, name) for name in PLAIN}
    names.update(_exceptions())
    names.update(
        all=_all, any=_any, filter=_filter, bool=types.DanaBool, type=types.DanaType, hasattr=members.has_attribute,
        __build_class__=builtins.__build_class__, __name__="dana", DanaError=DanaError,
    )  # fmt: skip
    names.update({f"_dana_{name}": value for name, value in HELPERS.items()})
    return names


_BASE: dict[str, Any] = {}
_LAZY: dict[str, str] = {}


def new_namespace() -> dict[str, Any]:
    """Return the `__builtins__` for the modules of one program, with scoped variables of its own."""
    if not _BASE:
        _BASE.update(_base())
        _LAZY.update({f"_dana_{name}": place for name, place in LAZY_HELPERS.items()})
        _LAZY.update(LIBRARY)
    namespace = dict(_BASE)
    namespace[members.RECEIVERS] = {}
    for name in ("private", "public", "system"):
        namespace[f"_dana_{name}"] = Scope()
    return namespace


def _load(place: str) -> Any:
    from importlib import import_module

    module, _, attribute = place.partition(":")
    return getattr(import_module(module), attribute)


def find_builtin(name: str) -> Any:
    """Return a built-in or library value by its name, or None."""
    if not _BASE:
        new_namespace()
    if name not in _BASE and name in _LAZY:
        _BASE[name] = _load(_LAZY[name])
    return _BASE.get(name)


def prepare(code: CodeType, namespace: dict[str, Any]) -> None:
    """Load what `code` names from the library into `namespace`, so that its look-ups are ordinary ones."""
    for name in code.co_names:
        if name in _LAZY and name not in namespace:
            namespace[name] = find_builtin(name)
    for constant in code.co_consts:
        if type(constant) is type(code):
            prepare(constant, namespace)


def public_names() -> frozenset[str]:
    """Return every name that a program may use without defining it."""
    return frozenset(name for name in new_namespace() if not name.startswith("_")) | frozenset(LIBRARY)
