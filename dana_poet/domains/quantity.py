"""Quantities: which parameters mean a number of a field, how a person writes it, and between which bounds it lies."""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from dana_poet.domains.reading import READERS, Unreadable, split
from dana_poet.domains.units import DIMENSIONS, asked_unit, convert, read_with_unit
from dana_poet.errors import PoetOptionError, PoetValidationError

NUMBERS = (int, float, Decimal)
Reader = Callable[[str, Mapping[str, Any]], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A kind of number: `match` are patterns of parameter names, `read` names how text becomes a number (see `READERS`).

    `words` are names for values ("excellent" -> 780); `low` and `high` are bounds, both allowed. PoetOptionError for a
    reader that there is not.

    >>> Quantity(name="share", match=("*_share",), read="rate", low=0, high=1).expected()
    'a share from 0 to 1, such as 0.25 or "25%"'
    """

    name: str
    match: tuple[str, ...]
    read: str = "number"
    low: float | None = None
    high: float | None = None
    words: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""
    """The unit of the bounds, and the one that values are read in where the parameter asks for no other."""
    dimension: str = ""
    """What its units measure (see `DIMENSIONS`); text may then carry any of them."""
    units: tuple[str, ...] = ()
    """Other units that a bare number may be in."""
    explicit: bool = False
    """Whether text with a unit is read only where the parameter says which unit it asks for."""
    only: tuple[type, ...] = ()
    """Hints to which it is limited, where the name alone says too little."""
    article: str = "a"

    def __post_init__(self) -> None:
        if self.dimension and self.unit not in DIMENSIONS.get(self.dimension, {}):
            raise PoetOptionError(f"quantity '{self.name}' has no unit of {self.dimension}, but '{self.unit}'")
        if self.read not in READERS:
            raise PoetOptionError(f"quantity '{self.name}' reads '{self.read}'", hint=f"there are {', '.join(READERS)}")

    @classmethod
    def from_data(cls, name: str, data: Mapping[str, Any]) -> Quantity:
        """Return a quantity from a table of a domain's `.toml`. TypeError for a key that there is not."""
        match = data.get("match", (name,))
        plain = {key: value for key, value in data.items() if key != "match"}
        return cls(name=name.replace("_", " "), match=(match,) if isinstance(match, str) else tuple(match), **plain)

    def means(self, parameter: str) -> bool:
        """Whether a parameter of this name is this quantity."""
        return any(fnmatchcase(parameter.lower(), pattern) for pattern in self.match)

    def plainly_holds(self, value: Any) -> bool:
        """Whether a value is a number inside the bounds, without a look at units: the way of most calls."""
        if type(value) not in {int, float} or not -math.inf < value < math.inf:
            return False
        low, high = self.low, self.high
        if low is None and high is None:
            return True
        return not self.dimension and (low is None or value >= low) and (high is None or value <= high)

    def expected(self) -> str:
        """Return what a parameter takes, for an error."""
        text = f"{self.article} {self.name}"
        if self.low is not None or self.high is not None:
            text += "" if self.low is None else f" from {self.low:g}"
            text += "" if self.high is None else f" to {self.high:g}"
            text += f" {self.unit}" if self.unit else ""
        elif self.unit:
            text += f" in {self.unit}"
        listed = ", ".join(f'"{word}"' for word in self.words)
        example = "" if self.dimension else READERS[self.read].example
        return text + (f", such as {example}" if example else "") + (f", or one of {listed}" if listed else "")

    def number(self, value: Any, options: Mapping[str, Any], asked: str | None = None) -> Decimal:
        """Return the number that a value means, inside the bounds, in the unit `asked` or its own. Else `Unreadable`.

        A bare number of which nobody said the unit must lie inside the bounds in one of the units that `units` lists.
        """
        target = asked or self.unit
        found = self._read(value, options, target, asked)
        if not found.is_finite():
            raise Unreadable
        bare = asked is None and not isinstance(value, str)
        units = (self.unit, *self.units) if bare and self.dimension else (target,)
        if not any(self._within(found, unit) for unit in units):
            raise Unreadable
        return found

    def _within(self, found: Decimal, unit: str) -> bool:
        """Whether a number in a unit lies inside the bounds, with the last digits of a float to spare."""
        own = convert(found, self.dimension, unit, self.unit) if self.dimension else found
        slack = Decimal(0) if unit == self.unit else Decimal("1e-9")
        return (self.low is None or own >= Decimal(str(self.low)) - slack) and (
            self.high is None or own <= Decimal(str(self.high)) + slack
        )

    def _read(self, value: Any, options: Mapping[str, Any], target: str, asked: str | None) -> Decimal:
        if isinstance(value, bool):
            raise Unreadable
        if isinstance(value, NUMBERS):
            return _decimal(value)
        if not isinstance(value, str):
            raise Unreadable
        word = self.words.get(" ".join(value.lower().replace("-", " ").replace("_", " ").split()))
        if word is not None:
            return Decimal(str(word))
        if self.dimension:
            if self.explicit and asked is None and split(value)[1]:
                raise Unreadable("the parameter does not say its unit: name it like depth_nm, or use Annotated")
            return read_with_unit(value, self.dimension, target)
        return READERS[self.read].read(value, options)


def normaliser(quantities: tuple[Quantity, ...], *, private: bool = False) -> Callable[..., Any]:
    """Return the `normalise` of a domain whose knowledge is these quantities; the first that a name matches counts."""

    @lru_cache(maxsize=1024)
    def quantity_of(parameter: str) -> Quantity | None:
        return next((one for one in quantities if one.means(parameter)), None)

    def normalise(name: str, hint: Any, value: Any, options: Mapping[str, Any]) -> Any:
        quantity = quantity_of(name)
        if quantity is not None:
            if type(value) is hint and quantity.plainly_holds(value):
                return value
            return fitted(quantity, name, hint, value, options, private=private)
        if isinstance(value, float) and not math.isfinite(value):
            raise refusal(name, value, "a finite number", private=private)
        return value

    return normalise


def fitted(
    quantity: Quantity, name: str, hint: Any, value: Any, options: Mapping[str, Any], *, private: bool = False
) -> Any:
    """Return `value` as the number that the hint asks for; a hint that is no number leaves it alone.

    PoetValidationError names parameter, value and expectation; the value is left out when it is private.

    >>> share = Quantity(name="share", match=("share",), read="rate", low=0, high=1)
    >>> fitted(share, "share", float, "25%", {})
    0.25
    """
    kinds = kinds_of(hint)
    if value is None or (quantity.only and not kinds & set(quantity.only)):
        return value
    if not kinds & {int, float, Decimal}:
        if list in kinds and isinstance(value, list):
            inner = next((get_args(one)[0] for one in members(hint) if get_origin(one) is list and get_args(one)), None)
            return [fitted(quantity, name, inner, one, options, private=private) for one in value]
        return value
    asked = asked_unit(quantity.dimension, name, hint) if quantity.dimension else None
    asked = asked or options.get(f"{quantity.dimension.replace(' ', '_')}_unit")
    try:
        return as_kind(quantity.number(value, options, asked), value, kinds)
    except Unreadable as why:
        raise refusal(name, value, quantity.expected(), private=private, why=str(why)) from None


def refusal(name: str, value: Any, expected: str, *, private: bool = False, why: str = "") -> PoetValidationError:
    """Return the error for a value that cannot be read: parameter, expectation and value.

    >>> str(refusal("age", "old", "an age"))
    "parameter 'age' takes an age, got 'old' (str)"
    """
    kind = type(value).__name__
    got = f"a value of type {kind} that is not shown" if private else f"{_shown(value)} ({kind})"
    return PoetValidationError(
        f"parameter '{name}' takes {expected}, got {got}",
        parameter=name, value=None if private else value, expected=expected, hint="" if private else why,
    )  # fmt: skip


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a repr of somebody else, or a number of too many digits
        return "a value that cannot be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


def members(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union hint, without `Annotated`; another hint is its own member."""
    if get_origin(hint) is Annotated:
        return members(get_args(hint)[0])
    if get_origin(hint) in {Union, types.UnionType}:
        return tuple(inner for one in get_args(hint) for inner in members(one))
    return (hint,)


def kinds_of(hint: Any) -> set[Any]:
    """Return the plain types that a hint accepts.

    >>> kinds_of(Annotated[float, "kW"] | None) == {float, type(None)}
    True
    """
    return {get_origin(one) or one for one in members(hint)}


def as_kind(number: Decimal, value: Any, kinds: set[Any]) -> Any:
    """Return the number as one of the kinds, and the value itself when it is of one already and means that number."""
    if type(value) in kinds and number == _decimal(value):
        return value
    if Decimal in kinds:
        return number
    if float in kinds and (int not in kinds or number != number.to_integral_value()):
        result = float(number)
        if not math.isfinite(result):
            raise Unreadable
        return result
    if number != number.to_integral_value():
        raise Unreadable("a whole number is asked for")
    return int(number)


def _decimal(value: Any) -> Decimal:
    try:
        return Decimal(float.__repr__(value)) if isinstance(value, float) else Decimal(value)
    except (InvalidOperation, ValueError, TypeError) as error:
        raise Unreadable from error
