"""Which functions may learn, try values that are not served, and share what they learned: frozen, from a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal, Self, get_args

from dana_learning.errors import ParameterError

Feature = Literal["learn", "explore", "share", "transfer", "revert"]
FEATURES: tuple[Feature, ...] = get_args(Feature)
EVERYONE = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """What one function may do. Sharing and taking over are only for functions whose owner said so."""

    learn: bool = True
    """Learn from its executions."""
    explore: bool = True
    """Try values that are not served."""
    share: bool = False
    """Give aggregates of what it learned to others."""
    transfer: bool = False
    """Start from what others learned."""
    revert: bool = True
    """Go back by itself when what is served is worse than the start."""

    def __post_init__(self) -> None:
        for one in fields(self):
            if not isinstance(getattr(self, one.name), bool):
                message = f"flag {one.name!r} is {getattr(self, one.name)!r}"
                raise ParameterError(message, field=one.name, expected="True or False")


@dataclass(frozen=True, slots=True)
class FeatureFlags:
    """The flags of all functions; those of "*" hold for functions that have none of their own.

    >>> flags = FeatureFlags.from_mapping({"*": {"explore": False}, "fetch": {"explore": True, "share": True}})
    >>> flags.may("fetch", "share"), flags.may("other", "explore"), flags.may("other", "learn")
    (True, False, True)
    """

    everyone: Flags = field(default_factory=Flags)
    functions: Mapping[str, Flags] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "functions", MappingProxyType(dict(self.functions)))

    def of(self, function: str) -> Flags:
        """Return the flags of a function."""
        return self.functions.get(function, self.everyone)

    def may(self, function: str, feature: Feature) -> bool:
        """Return whether a function may do something. What does not learn neither explores nor takes over."""
        flags = self.of(function)
        if feature not in FEATURES:
            raise ParameterError(f"a feature {feature!r}", field="feature", expected=f"one of {list(FEATURES)}")
        allowed: bool = getattr(flags, feature)
        return allowed and (flags.learn or feature in {"share", "revert"})

    @classmethod
    def from_mapping(cls, given: Mapping[str, Mapping[str, bool]]) -> Self:
        """Make them from plain data, such as a part of a settings file; ParameterError names what is wrong.

        A function's own entry is read on top of that of "*".
        """
        everyone = _read(EVERYONE, given.get(EVERYONE, {}), {})
        base = {one.name: getattr(everyone, one.name) for one in fields(Flags)}
        return cls(everyone, {name: _read(name, flags, base) for name, flags in given.items() if name != EVERYONE})

    def to_mapping(self) -> dict[str, dict[str, bool]]:
        """Return them as plain data."""
        every = {EVERYONE: self.everyone, **self.functions}
        return {name: {one.name: getattr(flags, one.name) for one in fields(Flags)} for name, flags in every.items()}


def _read(name: str, given: Any, base: Mapping[str, bool]) -> Flags:
    known = [one.name for one in fields(Flags)]
    if not isinstance(given, Mapping):
        message = f"the flags of {name!r} are {given!r}"
        raise ParameterError(message, field=name, expected=f"a dict of {known} to True or False")
    if unknown := [flag for flag in given if flag not in known]:
        raise ParameterError(f"{name!r} has a flag {unknown[0]!r}", field=str(unknown[0]), expected=f"one of {known}")
    return Flags(**{**base, **given})
