"""Make the facades: one for all calls where nothing can change, a fresh one per call where something can."""

from __future__ import annotations

import importlib
from functools import cache, partial
from typing import TYPE_CHECKING, TypeAlias

from dana_sandbox.facades.export_tables import SUBMODULES, exports
from dana_sandbox.facades.facade import Facade, make_facade

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_sandbox.facades.state import State

Special: TypeAlias = "Callable[[State], Mapping[str, object]]"

# Where the special exports of a module come from: a function of the call, or of nothing.
PER_CALL: dict[str, str] = {
    "calendar": "dana_sandbox.facades.per_call:calendar_exports",
    "csv": "dana_sandbox.facades.per_call:csv_exports",
    "dataclasses": "dana_sandbox.facades.safe_dataclasses:dataclass_exports",
    "decimal": "dana_sandbox.facades.per_call:decimal_exports",
    "functools": "dana_sandbox.facades.safe_wraps:functools_exports",
    "io": "dana_sandbox.facades.safe_types:io_exports",
    "logging": "dana_sandbox.facades.logging_facade:logging_exports",
    "pprint": "dana_sandbox.facades.small_modules:pprint_exports",
    "random": "dana_sandbox.facades.per_call:random_exports",
    "struct": "dana_sandbox.facades.small_modules:struct_exports",
    "time": "dana_sandbox.facades.per_call:time_exports",
    "types": "dana_sandbox.facades.safe_types:types_exports",
    "warnings": "dana_sandbox.facades.small_modules:warnings_exports",
    "numpy": "dana_sandbox.facades.load:no_exports",
    "numpy.random": "dana_sandbox.facades.numpy_facade:numpy_random_exports",
}
SHARED: dict[str, str] = {
    "hashlib": "dana_sandbox.facades.safe_types:hashlib_exports",
    "numpy": "dana_sandbox.facades.numpy_facade:numpy_exports",
    "secrets": "dana_sandbox.facades.small_modules:secrets_exports",
    "typing": "dana_sandbox.facades.safe_types:typing_exports",
}
# What programs find there is written for them; nothing of the real one is handed out.
WITHOUT_REAL: frozenset[str] = frozenset({"logging", "warnings"})


def load(module: str, state: State) -> Facade:
    """Return the facade of `module` for the call that `state` describes, the same one each time. KeyError: none."""
    found = state.facades.get(module)
    if isinstance(found, Facade):
        return found
    make = partial(_fresh_facade, module, state) if module in PER_CALL else partial(shared_facade, module)
    state.facades[module] = made = make()
    return made


@cache
def shared_facade(module: str) -> Facade:
    """Return the one facade of a module whose exports no program can change. KeyError when there is none."""
    inner: dict[str, object] = {name: shared_facade(f"{module}.{name}") for name in SUBMODULES.get(module, ())}
    return make_facade(module, {**shared_exports(module), **inner})


@cache
def shared_exports(module: str) -> Mapping[str, object]:
    """Return the exports of `module` that are the same in every call. KeyError when there is no such facade."""
    names = exports(module)
    if names is None:
        raise KeyError(module)
    if module in WITHOUT_REAL:
        return {}
    special: Mapping[str, object] = _function(SHARED[module])() if module in SHARED else {}
    real = importlib.import_module(module)
    plain = names - special.keys() - set(SUBMODULES.get(module, ()))
    values = {**{name: getattr(real, name) for name in plain}, **special}
    return {name: values[name] for name in sorted(names & values.keys())}


def _fresh_facade(module: str, state: State) -> Facade:
    inner = {name: load(f"{module}.{name}", state) for name in SUBMODULES.get(module, ())}
    return make_facade(module, {**shared_exports(module), **_function(PER_CALL[module])(state), **inner})


def no_exports(_state: State) -> Mapping[str, object]:
    """Return nothing: a module that changes with the call only because one below it does."""
    return {}


def _function(place: str) -> Callable[..., Mapping[str, object]]:
    module, _, name = place.partition(":")
    found: Callable[..., Mapping[str, object]] = getattr(importlib.import_module(module), name)
    return found
