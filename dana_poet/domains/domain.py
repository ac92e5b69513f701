"""What a domain is: a template for people and prompts, options, bounds and a few functions that stages call."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dana_poet.domains.option import OptionSpec
from dana_poet.domains.replay import Replay
from dana_poet.errors import PoetOptionError

SECTIONS = ("Perceive", "Operate", "Enforce", "Train")
GRANTS = frozenset({"coerce", "recover", "fallback", "network", "model", "read_files", "write_files", "clock"})
"""What a domain may grant: `coerce` and `recover` widen what a generated version may do differently from the original
(read more inputs, return where the original raised); the others are powers that the original may lack."""
__all__ = ["GRANTS", "SECTIONS", "Call", "Domain", "Learnable", "OptionSpec"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a `@poet` function, as a domain sees it.

    `arguments` are by parameter name, defaults of the function included, after normalising; `options` are those of `@poet` over the domain's own (see
    `Domain.settings`); `returns` is the return hint or None; `seconds` is wall time so far; `body` is what the function
    does: pure, reads, writes, network or model.
    """

    function: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    returns: Any = None
    attempt: int = 1
    seconds: float = 0.0
    body: str = "pure"


@dataclass(frozen=True, slots=True)
class Learnable:
    """A parameter that learning may move: a number from `low` to `high`, or one of `choices`.

    PoetOptionError when the start value is not one of those.

    >>> Learnable("threshold", 0.05, low=0.001, high=0.5).start
    0.05
    """

    name: str
    start: float | str
    low: float = 0.0
    high: float = 1.0
    choices: tuple[str, ...] = ()
    unit: str = ""
    summary: str = ""

    def __post_init__(self) -> None:
        number = not isinstance(self.start, str) and self.low <= self.start <= self.high
        if not (self.start in self.choices if self.choices else number):
            raise PoetOptionError(f"learnable '{self.name}' starts at {self.start!r}, which is outside its own range")


OPERATING = frozenset({"retries", "timeout"})
"""Parameters of Operate: what a domain sets for them stands in its `defaults`."""
Normalise = Callable[[str, Any, Any, Mapping[str, Any]], Any]
Metric = Callable[[Any, Call], "float | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A domain. Every function may be left out (None), and then costs a call nothing.

    - `normalise(name, hint, value, options)` returns the argument as the hint asks, or raises PoetValidationError; it
      is asked for every argument whose parameter has a hint (the resolved one, `Annotated` kept), before validation.
    - `prepare(call)` looks at all arguments together: returns those to change, or raises PoetValidationError.
    - `enforce(result, call)` returns the result that the caller gets, or raises. Where `transient` accepts what it
      raised, Operate counts the attempt as failed and tries again.
    - `transient(error)` tells what may be tried again, besides what every function tries again.
    - `repeatable(call)` tells whether a call may be made twice at all. `wait(error, attempt)` is the wait in seconds that
      the other side asked for, or None.
    - `recover(error, call)` returns arguments for a last try elsewhere (a fallback endpoint), or None.
    - `patience(call)` is a factor on the deadline. `derive(settings)` are settings that follow from others. `redact(arguments)` is what of them may stand in an event.
    - `metrics` compute a number from a result, or None where it says nothing.

    `private` means that no value may stand in an error or an event. `imports` are modules that generated code may use.

    >>> Domain(name="plain", summary="nothing special").normalise is None
    True
    """

    name: str
    summary: str
    template: str = ""
    options: Mapping[str, OptionSpec] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    grants: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    normalise: Normalise | None = None
    prepare: Callable[[Call], Mapping[str, Any]] | None = None
    enforce: Callable[[Any, Call], Any] | None = None
    transient: Callable[[BaseException], bool] | None = None
    repeatable: Callable[[Call], bool] | None = None
    wait: Callable[[BaseException, int], float | None] | None = None
    recover: Callable[[BaseException, Call], Mapping[str, Any] | None] | None = None
    patience: Callable[[Call], float] | None = None
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    redact: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    parameters: tuple[Learnable, ...] = ()
    objectives: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    replay: Replay | None = None
    """How calls can be made again with other parameters, for learning that replays what was judged."""
    private: bool = False
    plugin: str = ""
    """Where learning keeps rules of this domain: the name of a module in `dana_learning.plugins`, loaded by learning."""
    known: bool = True
    """False for a name that no domain has: it behaves as `base`, and `check` warns."""

    def __post_init__(self) -> None:
        if unknown := self.grants - GRANTS:
            raise PoetOptionError(
                f"domain '{self.name}' grants '{min(unknown)}'", hint=f"a domain may grant {', '.join(sorted(GRANTS))}"
            )

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Raise PoetOptionError for a value of one of this domain's own options that makes no sense."""
        for name, value in options.items():
            spec = self.options.get(name)
            if spec is not None:
                spec.checked(name, value)

    def settings(
        self, options: Mapping[str, Any] | None = None, learned: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return what holds for a function: defaults, over them what was learned, over that what the user wrote.

        >>> from dana_poet.domains import get
        >>> get("api").settings({"retries": 1})["retries"]
        1
        """
        own = {name: spec.default for name, spec in self.options.items() if spec.default is not None}
        starts = {one.name: one.start for one in self.parameters if one.name not in OPERATING}
        found = {**starts, **own, **self.defaults, **(learned or {})}
        found.update(self.derive({**found, **(options or {})}) if self.derive is not None else {})
        return {**found, **(options or {})}

    def requirements(self, section: str) -> tuple[str, ...]:
        """Return the lines of one section of the template: Perceive, Operate, Enforce or Train."""
        return tuple(line for title, line in _bullets(self.template) if title.lower() == section.lower())

    def measure(self, result: Any, call: Call) -> dict[str, float]:
        """Return the metrics of a result, by name; those that cannot be computed from it are left out."""
        found: dict[str, float] = {}
        for name, metric in self.metrics.items():
            try:
                value = metric(result, call)
            except Exception:  # noqa: BLE001, S112 - a metric may not be the reason why a call fails
                continue
            if value is not None and math.isfinite(value):
                found[name] = float(value)
        return found


def _bullets(template: str) -> list[tuple[str, str]]:
    """Return (section, requirement) of every `- ` line; lines that go on are joined."""
    found: list[tuple[str, str]] = []
    title = ""
    for line in template.splitlines():
        if line.startswith("#"):
            title = line.lstrip("#").strip()
        elif line.startswith("- "):
            found.append((title, line[2:].strip()))
        elif line.startswith("  ") and found and line.strip():
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
    return found
