"""Calls of agent methods: a persistent agent is saved when the outermost call of one succeeds."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaCallError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.runtime.agent_core import AgentCore


def tracked(name: str, function: object) -> object:
    """Return `function` as a method: persistent agents are saved when the outermost call of one succeeds."""
    if not isinstance(function, types.FunctionType):
        return TrackedMember(name, function)

    def call(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            core = self.__dana_agent__
        except AttributeError:
            raise needs_agent(name, self) from None
        if core.folder is None:
            return function(self, *args, **kwargs)
        return core.run(function, (self, *args), kwargs)

    for attribute in ("__name__", "__qualname__", "__doc__", "__module__", "__annotations__"):
        setattr(call, attribute, getattr(function, attribute))
    call.__dict__.update(function.__dict__, __wrapped__=function)
    return call


class TrackedMember:
    """A method that is not a plain function, such as a pipeline: bound, and saved after each completed run."""

    __slots__ = ("__wrapped__", "name")

    def __init__(self, name: str, member: object) -> None:
        self.name, self.__wrapped__ = name, member

    def __get__(self, agent: Any, owner: Any = None) -> Any:
        if agent is None:
            return self
        bound = _bound(self.__wrapped__, agent, owner)
        core = agent.__dana_agent__
        return bound if core.folder is None else SavingMember(bound, core)

    def __call__(self, agent: Any, *args: Any, **kwargs: Any) -> Any:
        """Call the member of `agent`."""
        return self.__get__(agent, type(agent))(*args, **kwargs)

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


class SavingMember:
    """A bound pipeline of a persistent agent: reads as the pipeline, and saves the agent after each run."""

    __slots__ = ("__dana_core__", "__wrapped__")

    def __init__(self, bound: Any, core: AgentCore) -> None:
        self.__wrapped__, self.__dana_core__ = bound, core

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run once."""
        return self.__dana_core__.run(self.__wrapped__, args, kwargs)

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """Run once; see Pipeline.run."""
        return self.__dana_core__.run(self.__wrapped__.run, args, kwargs)

    def map(self, *args: Any, **kwargs: Any) -> Any:
        """Run for each of many inputs; see Pipeline.map."""
        return self.__dana_core__.run(self.__wrapped__.map, args, kwargs)

    def stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Run for each input as it comes; the agent is saved after the last one. See Pipeline.stream."""
        yield from self.__wrapped__.stream(*args, **kwargs)
        self.__dana_core__.save()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__wrapped__, name)

    def __or__(self, other: object) -> Any:
        from dana_poet.runtime.pipeline import pipe

        return pipe(self, other)

    def __ror__(self, other: object) -> Any:
        from dana_poet.runtime.pipeline import pipe

        return pipe(other, self)

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


def _bound(member: Any, agent: Any, owner: Any) -> Any:
    bind = getattr(type(member), "__get__", None)
    if bind is not None:
        return bind(member, agent, owner)
    if callable(member):
        return lambda *args, **kwargs: member(agent, *args, **kwargs)
    return member


def needs_agent(name: str, given: object) -> DanaCallError:
    """Return the error for a method that was called on something that is not an agent."""
    return DanaCallError(
        f"'{name}' is a method of an agent and was called " + ("without one" if given is None else f"on {given!r}"),
        hint="make an agent from the blueprint first: `a = B(...)`, then `a.method(...)`",
    )
