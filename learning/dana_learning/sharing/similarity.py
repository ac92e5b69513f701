"""How similar two functions are: their signatures, their parameter spaces, and how their quality responds.

Each part is 0 to 1 and says why. What is not known of both does not count, instead of counting as different.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dana_learning.kinds import Choice, Parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_learning.parameter import Space

WEIGHTS = {"signature": 1.0, "space": 2.0, "behaviour": 3.0}
"""What behaves alike is alike; names are the weakest hint."""
ALIKE = 0.5
"""Share of common words from which two names are taken to mean the same."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_FILLER = frozenset({"the", "a", "of", "in", "to", "value", "param", "max", "learned"})


@dataclass(frozen=True, slots=True)
class Similarity:
    """How similar two functions are; a part that is not known is None."""

    signature: float | None = None
    space: float | None = None
    behaviour: float | None = None

    @property
    def score(self) -> float:
        """The weighted mean of all parts that are known, 0 when none is. No common parameter means 0."""
        known = [(WEIGHTS[name], part) for name, part in self.parts()]
        if not known or self.space == 0.0:
            return 0.0
        return sum(weight * part for weight, part in known) / sum(weight for weight, _ in known)

    def parts(self) -> Iterator[tuple[str, float]]:
        """Yield the parts that are known."""
        for name in WEIGHTS:
            part = getattr(self, name)
            if part is not None:
                yield name, part

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {part:.2f}" for name, part in self.parts())
        return f"{self.score:.2f} ({parts or 'nothing known'})"


def words(text: str) -> frozenset[str]:
    """Return the words of a name or a text, without fillers.

    >>> sorted(words("maxRetryCount")), sorted(words("retry_count"))
    (['count', 'retry'], ['count', 'retry'])
    """
    return frozenset(word.lower() for word in _WORD.findall(text)) - _FILLER


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the common share of two sets, 1 for two empty ones."""
    return len(left & right) / len(left | right) if left | right else 1.0


def of_signatures(left: str, right: str) -> float:
    """Return how similar two signatures are: words of the names, and types.

    >>> of_signatures("fetch(url: str, timeout: float) -> str", "fetch_page(url: str, timeout: float) -> str") > 0.8
    True
    >>> of_signatures("fetch(url: str) -> str", "mix(colours: list[int]) -> int")
    0.0
    """
    return 0.6 * jaccard(_names(left), _names(right)) + 0.4 * jaccard(_types(left), _types(right))


def _types(text: str) -> frozenset[str]:
    return frozenset(one.strip() for one in re.findall(r"(?::|->)\s*([^,()=]+)", text))


def _names(text: str) -> frozenset[str]:
    return words(re.sub(r"(?::|->)\s*[^,()=]+", " ", text))


def matched(here: Space, there: Space) -> dict[str, str]:
    """Return which leaves of two spaces mean the same: the same path, else names with enough common words.

    >>> from dana_learning import Parameter, Space
    >>> matched(Space([Parameter("timeout_s", 1, 0, 9)]), Space([Parameter("timeout", 1, 0, 9), Parameter("x", 1, 0, 9)]))
    {'timeout_s': 'timeout'}
    """
    ours = {leaf.path: leaf.parameter for leaf in here.leaves}
    theirs = {leaf.path: leaf.parameter for leaf in there.leaves}
    found = {path: path for path in ours if path in theirs and type(ours[path]) is type(theirs[path])}
    pairs = [
        (jaccard(words(our), words(their)), our, their)
        for our in ours if our not in found
        for their in theirs if their not in found.values() and type(ours[our]) is type(theirs[their])
    ]  # fmt: skip
    for alike, our, their in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if alike >= ALIKE and our not in found and their not in found.values():
            found[our] = their
    return found


def of_spaces(here: Space, there: Space) -> float:
    """Return how much two spaces have in common: matched parameters, each by the overlap of its bounds or options.

    >>> from dana_learning import Parameter, Space
    >>> of_spaces(Space([Parameter("x", 1, 0, 10)]), Space([Parameter("x", 6, 5, 15)])).__round__(2)
    0.33
    """
    ours = {leaf.path: leaf.parameter for leaf in here.leaves}
    theirs = {leaf.path: leaf.parameter for leaf in there.leaves}
    pairs = matched(here, there)
    common = sum(_overlap(ours[our], theirs[their]) for our, their in pairs.items())
    return common / (len(ours) + len(theirs) - len(pairs))


def _overlap(one: Parameter | Choice, other: Parameter | Choice) -> float:
    match one, other:
        case Parameter(), Parameter():
            if one.unit != other.unit:
                return 0.5  # their places are compared, not their values
            logs = "log" in {one.scale, other.scale} and min(one.low, other.low) > 0
            low, high, lower, higher = (
                float(np.log(bound)) if logs else bound for bound in (one.low, one.high, other.low, other.high)
            )
            shared = max(min(high, higher) - max(low, lower), 0.0)
            return shared / (max(high, higher) - min(low, lower)) * (1.0 if one.scale == other.scale else 0.8)
        case Choice(), Choice():
            left, right = frozenset(map(repr, one.options)), frozenset(map(repr, other.options))
            return jaccard(left, right)
        case _:
            return 0.0
