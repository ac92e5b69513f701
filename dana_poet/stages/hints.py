"""The hints of a function as types, worked out when it is first called: then all names exist."""

from __future__ import annotations

import inspect
import typing
from typing import TYPE_CHECKING, Any

from dana_poet.runtime.arguments import annotated_type
from dana_poet.stages.checks import BASIC, check_of, dana_check, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.codegen.template_plan import ParameterKind
    from dana_poet.stages.checks import Check

STREAMS = ("Iterator", "Iterable", "Generator", "AsyncIterator", "AsyncIterable", "AsyncGenerator")
KINDS: dict[Any, ParameterKind] = {
    inspect.Parameter.POSITIONAL_ONLY: "first", inspect.Parameter.POSITIONAL_OR_KEYWORD: "plain",
    inspect.Parameter.VAR_POSITIONAL: "args", inspect.Parameter.KEYWORD_ONLY: "named",
    inspect.Parameter.VAR_KEYWORD: "kwargs",
}  # fmt: skip


def is_dana(function: Any) -> bool:
    """Whether a function was written in Dana: its hints then mean what Dana says."""
    names = getattr(function, "__globals__", None)
    if names is not None:
        return "_dana_here" in names
    return type(function).__module__.startswith("dana_poet.runtime")


class Hints:
    """What the hints of one function mean: types by parameter, `return` for the result.

    `returns` stands for a return hint that is not there: a type, or the name of one.
    """

    def __init__(self, function: Callable[..., Any], signature: inspect.Signature, returns: object = None) -> None:
        self.dana = is_dana(function)
        self.signature = signature
        written = {name: one.annotation for name, one in signature.parameters.items()}
        written["return"] = signature.return_annotation
        if returns is not None and written["return"] is inspect.Signature.empty:
            written["return"] = returns
        written = {name: hint for name, hint in written.items() if hint is not inspect.Parameter.empty}
        self.types = _resolved(function, written, dana=self.dana)

    def check(self, name: str) -> Check | None:
        """Return the check of a parameter, None when there is nothing to check."""
        if name not in self.types:
            return None
        return dana_check(self.types[name]) if self.dana else check_of(self.types[name])

    def text(self, name: str) -> str:
        """Return the hint as the template generator reads it: the name of a basic type, nothing, or any other text."""
        if self.check(name) is None:
            return ""
        hint = self.types[name]
        if self.dana:
            hint = getattr(hint, "__origin__", hint)
        members = [one for one in typing.get_args(hint) if one is not type(None)]
        optional = type(None) in typing.get_args(hint) and len(members) == 1
        if hint in BASIC if isinstance(hint, type) else optional and members[0] in BASIC:
            return shown(hint)
        return f"<{shown(hint)}>"

    def item_check(self) -> Check | None:
        """Return the check of what a generator gives, from a return hint such as `Iterator[int]`."""
        hint = self.types.get("return")
        arguments = typing.get_args(hint)
        origin = getattr(typing.get_origin(hint), "__name__", "")
        return check_of(arguments[0]) if not self.dana and arguments and origin in STREAMS else None

    def shown(self, name: str) -> str:
        """Return the hint of a parameter as a person writes it."""
        return shown(self.types.get(name, Any))


def _resolved(function: Any, written: Mapping[str, Any], *, dana: bool) -> dict[str, Any]:
    plain = inspect.unwrap(getattr(function, "__func__", function))
    names = getattr(plain, "__globals__", {})
    if dana:
        return {name: annotated_type(hint, names) for name, hint in written.items()}
    closed = inspect.getclosurevars(plain).nonlocals if inspect.isfunction(plain) else {}
    try:
        found = typing.get_type_hints(plain, localns=dict(closed) or None, include_extras=True)
    except Exception:  # noqa: BLE001 - one name that only a type checker knows must not cost the other hints
        found = {}
    return {name: found.get(name) or _one(hint, {**names, **closed}) for name, hint in written.items()}


def _one(hint: Any, names: dict[str, Any]) -> Any:
    """Return one hint by itself; what cannot be resolved means anything."""
    if not isinstance(hint, str):
        return hint
    try:
        return eval(hint, names)  # noqa: S307 - text that the function's author wrote as code
    except Exception:  # noqa: BLE001 - a name that only a type checker knows
        return Any
