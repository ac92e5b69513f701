"""Perceive: check the arguments of a call against the function's hints before it runs."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaTypeError, PoetValidationError
from dana_poet.runtime.arguments import annotated_type
from dana_poet.runtime.coerce import coerce, fits, type_name
from dana_poet.runtime.operators import described

if TYPE_CHECKING:
    from collections.abc import Callable

BASIC = (int, float, str, bool, list, dict, tuple, set)


class Inputs:
    """The parameters of one function and the types that its hints give them."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name = getattr(function, "__name__", "function")
        self.signature = inspect.signature(function)
        self._types: dict[str, Any] | None = None

    def types(self) -> dict[str, Any]:
        """Return the types of the annotated parameters, worked out at the first call, when all names exist."""
        if self._types is None:
            names = getattr(self.function, "__globals__", {})
            self._types = {
                name: annotated_type(parameter.annotation, names)
                for name, parameter in self.signature.parameters.items()
                if parameter.annotation is not inspect.Parameter.empty and parameter.kind not in (
                    inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
            }  # fmt: skip
        return self._types

    def perceive(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments, text coerced to basic types. PoetValidationError names what does not fit."""
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise PoetValidationError(f"{self.name}: {error}") from None
        for name, target in self.types().items():
            if name in bound.arguments:
                bound.arguments[name] = self._checked(name, bound.arguments[name], target)
        return bound.args, bound.kwargs

    def _checked(self, name: str, value: Any, target: Any) -> Any:
        if fits(value, target):
            return value
        from_text = isinstance(value, str) and getattr(target, "__origin__", target) in BASIC
        widens = isinstance(value, int) and not isinstance(value, bool) and target is float
        if from_text or widens:
            try:
                return coerce(value, target)
            except DanaTypeError:
                pass
        message = f"{self.name}: parameter '{name}' takes {type_name(target)}, got {described(value)}"
        raise PoetValidationError(message)
