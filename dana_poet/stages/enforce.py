"""Enforce: the result is what the hint, the domain, the constraints and the user's own rule ask for, or a policy says."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from dana_poet.errors import PoetValidationError
from dana_poet.stages.checks import Misfit
from dana_poet.stages.constraints import broken, rules_of
from dana_poet.stages.perceive import named, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.codegen.template_plan import Plan
    from dana_poet.domains.domain import Call
    from dana_poet.stages.perceive import Inputs
    from dana_poet.stages.poet import Poet


class Results:
    """The rules for the results of one function."""

    def __init__(self, poet: Poet, plan: Plan, inputs: Inputs) -> None:
        self.poet, self.plan, self.inputs = poet, plan, inputs
        self.name, self.check = plan.shape.name, inputs.check_of("return")
        self.private = plan.domain.private
        given = poet.flat
        self.own = tuple(_taking(given[name]) for name in ("validate", "enforce") if callable(given.get(name)))
        self.constraints = rules_of(given.get("constraints"))
        self.policy = given.get("on_failure", "raise")

    def result(self, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the result as its hint asks; what happens to any other one, `on_failure` says."""
        if self.check is None:
            return result
        try:
            return self.check(result)
        except Misfit as misfit:
            error = self.inputs.refused("the result", "return", result, misfit)
            error.parameter = "return"
            return self.broken(error, result, args, kwargs)

    def enforce(self, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return the result after hint, constraints and the user's own rules."""
        result = self.result(result, args, kwargs)
        try:
            for name, said in broken(self.constraints, result):
                raise self.refused(said if not self.private else f"the result breaks '{name}'", result, name)
            for own in self.own:
                result = self._judged(own, result, args, kwargs)
        except PoetValidationError as error:
            return self.broken(error, result, args, kwargs)
        return result

    async def aenforce(self, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Do the same for an `async` function, whose fallback may have to be awaited."""
        found = self.enforce(result, args, kwargs)
        return await found if inspect.iscoroutine(found) else found

    def of_domain(self, result: Any, call: Call) -> Any:
        """Return the result as the domain asks. What it raises as transient is tried again by Operate."""
        enforce = self.plan.domain.enforce
        assert enforce is not None
        try:
            return enforce(result, call)
        except PoetValidationError as error:
            named(self.name, error)
            if self.policy == "raise" or (self.plan.domain.transient is not None and self.plan.domain.transient(error)):
                raise
            return self.broken(error, result, (), dict(call.arguments))

    def broken(self, error: PoetValidationError, result: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return what the caller gets for a result that breaks a rule."""
        self.poet.violations += 1
        self.poet.last_violation = error.message
        if self.policy == "original":
            return result
        if self.policy == "fallback" and "fallback" in self.poet.flat:
            return stand_in(self.poet.flat["fallback"], args, kwargs)
        raise error

    def _judged(
        self, own: Callable[[Any, Mapping[str, Any]], Any], result: Any, args: tuple[Any, ...], kwargs: Any
    ) -> Any:
        """Return the result after a rule of the user: true and None keep it, false refuses it, the rest replaces it."""
        answer = own(result, self.inputs.by_name(args, kwargs))
        if answer is None or answer is True:
            return result
        if answer is False:
            shown = f"of type {type(result).__name__}" if self.private else told(result)
            raise self.refused(f"the result {shown} is refused", result)
        return answer

    def refused(self, said: str, result: Any, rule: str = "") -> PoetValidationError:
        """Return the error for a result; a private domain keeps the value out of it."""
        value = None if self.private else result
        return PoetValidationError(f"{self.name}: {said}", parameter="return", value=value, expected=rule)


def stand_in(fallback: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Return what stands in for a result: a value, or what a function of the same arguments, or of none, returns.

    >>> stand_in(0, (1,), {}), stand_in(lambda: 2, (1,), {}), stand_in(lambda n: n, (1,), {})
    (0, 2, 1)
    """
    if not callable(fallback):
        return fallback
    try:
        takes = inspect.signature(fallback).parameters
    except (TypeError, ValueError):
        return fallback(*args, **kwargs)
    return fallback(*args, **kwargs) if takes else fallback()


def _taking(function: Callable[..., Any]) -> Callable[[Any, Mapping[str, Any]], Any]:
    """Return a rule that is called with the result and, where it takes two values, the arguments by name."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return lambda result, _arguments: function(result)
    places = [one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    needed = [one for one in places if one.default is one.empty]
    return function if len(needed) == 2 else lambda result, _arguments: function(result)
