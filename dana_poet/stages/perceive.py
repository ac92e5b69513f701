"""Perceive: the arguments of a call become what the hints ask for, or PoetValidationError says which one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from dana_poet.domains.domain import Call
from dana_poet.errors import PoetValidationError
from dana_poet.runtime.operators import described
from dana_poet.stages.checks import Misfit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.codegen.template_plan import Plan
    from dana_poet.stages.checks import Check
    from dana_poet.stages.hints import Hints


class Missing:
    """The default of a parameter that has none."""

    def __repr__(self) -> str:
        return "<missing>"


MISSING = Missing()


def told(value: Any) -> str:
    """Return a value for a message; one whose `repr` fails is told by its type.

    >>> told(3)
    '3 (int)'
    """
    try:
        return described(value)
    except Exception:  # noqa: BLE001 - the message is about something else
        return f"a value of type {type(value).__name__}"


def named(function: str, error: PoetValidationError) -> PoetValidationError:
    """Return an error of a domain, with the function's name before what it says unless it is in there.

    >>> str(named("share", PoetValidationError("parameter 'part' takes an amount")))
    "share: parameter 'part' takes an amount"
    """
    if f" of {function} " not in error.message and not error.message.startswith(f"{function}: "):
        error.message = f"{function}: {error.message}"
        error.args = (error.message, *error.args[1:])
    return error


class Inputs:
    """The parameters of one function: their checks, and what the domain and the user's own `perceive` make of them."""

    def __init__(self, plan: Plan, hints: Hints, own: Callable[..., Any] | None) -> None:
        self.plan, self.hints, self.own = plan, hints, own
        self.name = plan.shape.name
        self.names = tuple(one.name for one in plan.shape.parameters)
        self.checks = {name: hints.check(name) for name in self.names}
        self.normalise = plan.domain.normalise
        parameters = hints.signature.parameters
        self.defaults = {name: one.default for name, one in parameters.items() if one.default is not one.empty}

    def argument(self, name: str, value: Any) -> Any:
        """Return an argument as its hint asks. PoetValidationError names parameter, value and what it takes."""
        if value is MISSING:
            self.missing(name)
        if name in self.defaults and value is self.defaults[name]:
            return value
        if self.normalise is not None and name in self.hints.types:
            try:
                value = self.normalise(name, self.hints.types[name], value, self.plan.settings)
            except PoetValidationError as error:
                raise named(self.name, error)  # noqa: B904 - the same error
        check = self.checks[name]
        try:
            return value if check is None else check(value)
        except Misfit as misfit:
            raise self.refused(f"parameter '{name}'", name, value, misfit) from None

    def refused(self, what: str, name: str, value: Any, misfit: Misfit) -> PoetValidationError:
        """Return the error for a value that does not fit; a private domain keeps the value out of it."""
        expected = self.hints.shown(name)
        private, got = self.plan.domain.private, self.shown(value)
        more = f" ({misfit.detail})" if misfit.detail else ""
        return PoetValidationError(
            f"{self.name}: {what} takes {expected}{more}, got {got}",
            parameter=name, value=None if private else value, expected=expected,
        )  # fmt: skip

    def shown(self, value: Any) -> str:
        """Return a value for a message; of a private domain only its type."""
        return f"a value of type {type(value).__name__}" if self.plan.domain.private else told(value)

    def missing(self, name: str) -> NoReturn:
        """Refuse a call that lacks an argument."""
        raise PoetValidationError(
            f"{self.name}: missing a required argument: '{name}'", parameter=name, expected=self.hints.shown(name)
        )

    def surplus(self, extra: tuple[Any, ...], more: Mapping[str, Any], args: Any, _kwargs: Any) -> NoReturn:
        """Refuse a call with arguments that the function does not have."""
        if extra:
            given = sum(one is not MISSING for one in args) + len(extra)
            raise PoetValidationError(f"{self.name}: too many positional arguments: {given}")
        name = next(iter(more))
        raise PoetValidationError(f"{self.name}: got an unexpected keyword argument '{name}'", parameter=name)

    def together(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return all arguments after the domain and the user's own `perceive` looked at them together."""
        if self.plan.domain.prepare is not None:
            given = dict(zip(self.names, values, strict=True))
            try:
                changes = self.plan.domain.prepare(self.call(given))
            except PoetValidationError as error:
                raise named(self.name, error)  # noqa: B904 - the same error
            values = self._changed(values, changes)
        if self.own is not None:
            values = self._changed(values, self._asked(self.own, values))
        return values

    def _asked(self, own: Callable[..., Any], values: tuple[Any, ...]) -> Any:
        """Call the user's `perceive` as the function itself is called."""
        args, kwargs = self.arguments(values)
        return own(*args, **kwargs)

    def arguments(self, values: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return values by parameter as positional and keyword arguments."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for one, value in zip(self.plan.shape.parameters, values, strict=True):
            match one.kind:
                case "args":
                    args.extend(value)
                case "kwargs":
                    kwargs.update(value)
                case "named":
                    kwargs[one.name] = value
                case _:
                    args.append(value)
        return tuple(args), kwargs

    def _changed(self, values: tuple[Any, ...], answer: Any) -> tuple[Any, ...]:
        """Return the values with what a `perceive` answered: None for nothing, a mapping by name, else the values."""
        if answer is None:
            return values
        if isinstance(answer, dict) and answer.keys() <= set(self.names):
            return tuple(answer.get(name, value) for name, value in zip(self.names, values, strict=True))
        first = 1 if self.names and self.names[0] in ("self", "cls") else 0
        if len(values) == first + 1:
            return (*values[:first], answer)
        if isinstance(answer, (tuple, list)) and len(answer) == len(values) - first:
            return (*values[:first], *answer)
        raise PoetValidationError(
            f"{self.name}: perceive gave {self.shown(answer)}",
            hint="it returns a dict of the arguments to change, all of them as a tuple, or nothing",
        )

    def by_name(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Return arguments by the name of their parameter."""
        found: dict[str, Any] = {}
        rest = list(args)
        for one in self.plan.shape.parameters:
            if one.kind == "args":
                found[one.name], rest = tuple(rest), []
            elif one.kind in ("first", "plain") and rest:
                found[one.name] = rest.pop(0)
        return {**found, **kwargs}

    def call(self, arguments: Mapping[str, Any], attempt: int = 1, seconds: float = 0.0) -> Call:
        """Return the call as a domain sees it."""
        return Call(
            self.name, arguments, self.plan.settings, self.hints.types.get("return"), attempt, seconds,
            self.plan.shape.body,
        )  # fmt: skip

    def check_of(self, name: str) -> Check | None:
        """Return the check of a parameter or of the result."""
        return self.checks[name] if name in self.checks else self.hints.check(name)
