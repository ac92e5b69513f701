"""The space that several parameters span: checking and repairing values, vectors for learners, and its signature.

Vectors have their columns in the order of the sorted paths, so that nothing that works on vectors can depend on the
order in which parameters were written down, nor on their units.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from dana_learning.errors import ParameterError, ValuesError
from dana_learning.kinds import Choice, Parameter, Structured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Choice", "Leaf", "Parameter", "Repair", "Space", "Structured"]


@dataclass(frozen=True, slots=True)
class Repair:
    """One value that did not fit and what is used in its place."""

    name: str
    given: Any
    used: Any
    reason: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A number or choice of a space, and its columns `first` to `last` (exclusive) in encoded vectors."""

    path: str
    parameter: Parameter | Choice
    first: int
    last: int


class Space:
    """All parameters of a function. Dicts of values keep the order given; vectors have their columns by sorted path.

    One parameter alone, or a dict of them by name, is taken, too.

    >>> space = Space([Parameter("timeout", 10, 0, 100), Choice("strategy", "fast", ("fast", "careful"))])
    >>> space.columns
    ('strategy=fast', 'strategy=careful', 'timeout')
    >>> space.encode({"timeout": 25, "strategy": "careful"})
    array([0.  , 1.  , 0.25])
    >>> space.decode([0.1, 0.9, 0.5])
    {'timeout': 50.0, 'strategy': 'careful'}
    """

    __slots__ = ("_by_name", "columns", "leaves", "names", "parameters", "width")

    def __init__(self, parameters: Iterable[Parameter | Choice | Structured]) -> None:
        self.parameters = _several(parameters)
        self.names = tuple(parameter.name for parameter in self.parameters)
        self._by_name: dict[str, Parameter | Choice | Structured] = dict(zip(self.names, self.parameters, strict=True))
        found = sorted((leaf for one in self.parameters for leaf in one.leaves()), key=lambda leaf: leaf[0])
        paths = [path for path, _ in found]
        if not found or len(self._by_name) != len(self.names) or len(set(paths)) != len(paths):
            hint = "give each parameter its own name"
            message = f"a space of {list(self.names)}"
            raise ParameterError(message, field="parameters", expected="at least one, all names different", hint=hint)
        leaves, columns = [], list[str]()
        for path, one in found:
            labels = [f"{path}={option}" for option in one.options] if isinstance(one, Choice) else [path]
            leaves.append(Leaf(path, one, len(columns), len(columns) + len(labels)))
            columns += labels
        self.leaves = tuple(leaves)
        self.columns = tuple(columns)
        self.width = len(columns)

    @classmethod
    def of(cls, given: Space | Iterable[Parameter | Choice | Structured]) -> Space:
        """Return a space as it is, or the space of parameters."""
        return given if isinstance(given, Space) else cls(given)

    def __repr__(self) -> str:
        return f"Space({list(self.parameters)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Space) and self.parameters == other.parameters

    def __hash__(self) -> int:
        return hash(self.parameters)

    def __getitem__(self, name: str) -> Parameter | Choice | Structured:
        return self._by_name[name]

    def defaults(self) -> dict[str, Any]:
        """Return the starts of all parameters as a new dict."""
        return {name: parameter.start for name, parameter in self._by_name.items()}

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return a new dict of checked values; ValuesError names what is missing, unknown or does not fit."""
        if unknown := [name for name in _mapping(values) if name not in self._by_name]:
            wanted = f"one of {list(self.names)}"
            raise ValuesError(f"unknown parameter {unknown[0]!r}", field=str(unknown[0]), expected=wanted)
        if missing := [name for name in self.names if name not in values]:
            hint = "defaults() has a value for each"
            raise ValuesError(f"parameter {missing[0]!r} is missing", field=missing[0], expected="a value", hint=hint)
        return {name: parameter.check(values[name]) for name, parameter in self._by_name.items()}

    def clip(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Repair, ...]]:
        """Return values that fit and what was repaired: clipped, filled with the start, or left out.

        >>> Space([Parameter("timeout", 10, 0, 100)]).clip({"timeout": 500, "speed": 1})[0]
        {'timeout': 100.0}
        """
        given = _mapping(values)
        used, repairs = dict[str, Any](), list[Repair]()
        for name, parameter in self._by_name.items():
            if name not in given:
                used[name] = parameter.start
                repairs.append(Repair(name, None, used[name], "was missing: its start"))
                continue
            try:
                used[name] = parameter.check(given[name])
            except ValuesError:
                used[name] = parameter.clip(given[name])
                repairs.append(
                    Repair(name, given[name], used[name], "did not fit: the nearest that does, or its start")
                )
        unknown = [name for name in given if name not in self._by_name]
        repairs += [Repair(str(name), given[name], None, "is not a parameter here: left out") for name in unknown]
        return used, tuple(repairs)

    def encode(self, values: Mapping[str, Any]) -> NDArray[np.float64]:
        """Return a vector of shape (width,): numbers as 0..1 on their scale, choices one-hot; what does not fit is clipped."""
        import numpy as np

        row = [0.0] * self.width
        for leaf in self.leaves:
            value = _at(values, leaf.path) if leaf.path not in values else values[leaf.path]
            match leaf.parameter:
                case Parameter() as number:
                    row[leaf.first] = number.to_unit(value)
                case choice:
                    row[leaf.first + choice.options.index(choice.clip(value))] = 1.0
        return np.array(row)

    def decode(self, vector: Sequence[float] | NDArray[np.float64]) -> dict[str, Any]:
        """Return the values of a vector: numbers from 0..1, of each choice the option with the largest column."""
        if len(vector) != self.width:
            wanted = f"{self.width} numbers for {list(self.columns)}"
            raise ValuesError(f"a vector of {len(vector)}", field="vector", expected=wanted)
        found: dict[str, Any] = {}
        for leaf in self.leaves:
            match leaf.parameter:
                case Parameter() as number:
                    found[leaf.path] = number.from_unit(float(vector[leaf.first]))
                case choice:
                    weights = [float(weight) for weight in vector[leaf.first : leaf.last]]
                    whole = not any(math.isnan(weight) for weight in weights)
                    found[leaf.path] = choice.options[weights.index(max(weights))] if whole else choice.start
        return {name: _nested(parameter, name, found) for name, parameter in self._by_name.items()}

    def signature(self) -> str:
        """Return a stable text of names, bounds, scales and options; order of names, starts and units do not change it."""
        parts = {parameter.name: parameter.describe() for parameter in self.parameters}
        return json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def to_dict(self) -> dict[str, Any]:
        """Return everything about the space as plain data.

        >>> space = Space([Parameter("timeout", 10, 0.1, 60, unit="s", scale="log"), Choice("mode", "a", ("a", "b"))])
        >>> Space.from_dict(space.to_dict()) == space
        True
        """
        return {"parameters": [_written(one) for one in self.parameters]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Space:
        """Make it from plain data; ParameterError when that is none of a space."""
        try:
            return cls(_read(one) for one in data["parameters"])
        except (KeyError, TypeError, AttributeError) as cause:
            message, wanted = f"this is no space ({type(cause).__name__}: {cause})", "what to_dict() gave"
            raise ParameterError(message, field="parameters", expected=wanted) from cause

    def differences(self, signature: str) -> tuple[str, ...]:
        """Return what a signature of another day says differently, one sentence each; empty when nothing.

        >>> Space([Parameter("timeout", 10, 0, 50)]).differences(Space([Parameter("timeout", 10, 0, 100)]).signature())
        ('timeout: high was 100.0, is 50.0',)
        """
        return signature_differences(signature, self.signature())


def signature_differences(then: str, now: str) -> tuple[str, ...]:
    """Return what two signatures say differently, one sentence each."""
    try:
        return tuple(_compared("", json.loads(then), json.loads(now)))
    except ValueError:
        return ("what was kept has a signature that cannot be read",)


def _written(one: Parameter | Choice | Structured) -> dict[str, Any]:
    match one:
        case Parameter():
            bounds = {"name": one.name, "start": one.start, "low": one.low, "high": one.high}
            return bounds | {"unit": one.unit, "scale": one.scale, "integer": one.integer}
        case Choice():
            return {"name": one.name, "start": one.start, "options": list(one.options)}
        case _:
            return {"name": one.name, "parts": [_written(part) for part in one.parts]}


def _read(data: Mapping[str, Any]) -> Parameter | Choice | Structured:
    if "parts" in data:
        return Structured(data["name"], tuple(_read(part) for part in data["parts"]))
    if "options" in data:
        return Choice(data["name"], data["start"], tuple(data["options"]))
    bounds = (data["name"], data["start"], data["low"], data["high"])
    return Parameter(*bounds, unit=data["unit"], scale=data["scale"], integer=data["integer"])


def _several(given: Any) -> tuple[Parameter | Choice | Structured, ...]:
    """Return parameters of one, of many, or of a dict by name; ParameterError for everything else."""
    kinds = Parameter | Choice | Structured
    if isinstance(given, Mapping):
        for name, one in given.items():
            if isinstance(one, kinds) and one.name != name:
                _refuse_space(f"the parameter {one.name!r} under the name {name!r}")
        given = given.values()
    found = (given,) if isinstance(given, kinds) else tuple(given) if isinstance(given, Iterable) else (given,)
    for one in found:
        if not isinstance(one, kinds):
            _refuse_space(f"{one!r} in a space")
    return found


def _refuse_space(message: str) -> NoReturn:
    hint = "write Space([Parameter('timeout', 5, 1, 30), ...])"
    raise ParameterError(message, field="parameters", expected="parameters under their own names", hint=hint)


def _mapping(values: object) -> Mapping[str, Any]:
    """Return what is a dict; ValuesError for everything else."""
    if not isinstance(values, Mapping):
        raise ValuesError(f"the values are {values!r}", field="values", expected="a dict of values by name")
    return values


def _at(values: Mapping[str, Any], path: str) -> Any:
    """Look a dotted path up in nested dicts; None when it is not there."""
    for name, inner in values.items():
        if path.startswith(f"{name}.") and isinstance(inner, Mapping):
            rest = path[len(name) + 1 :]
            return inner[rest] if rest in inner else _at(inner, rest)
    return None


def _nested(parameter: Parameter | Choice | Structured, path: str, found: Mapping[str, Any]) -> Any:
    """Build the value of a parameter from its leaves."""
    if isinstance(parameter, Structured):
        return {part.name: _nested(part, f"{path}.{part.name}", found) for part in parameter.parts}
    return found[path]


def _compared(path: str, then: Any, now: Any) -> Iterator[str]:
    """Yield the differences of two descriptions."""
    if not isinstance(then, dict) or not isinstance(now, dict):
        if then != now:
            where, _, what = path.rpartition(": ")
            yield f"{where}: {what} was {then}, is {now}"
        return
    described = "kind" in now or "kind" in then
    for name in sorted({*then, *now}):
        inner = f"{path}: {name}" if described else f"{path}.{name}" if path else name
        if name in then and name in now:
            yield from _compared(inner, then[name], now[name])
        else:
            yield f"{inner} {'is new' if name in now else 'is gone'}"
