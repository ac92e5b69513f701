"""What the tests of promotion share: a history in memory, and traffic that is drawn with a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.promotion import PairedTest, Plan, Promotion
from dana_poet.codegen.version_record import Version
from dana_poet.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable

OUT = ("active", "retired", "quarantined")


@dataclass
class Memory:
    """Stands in for `History`: what is moved is remembered, and `broken` fails as a full disk does."""

    version_: Version = field(default_factory=lambda: Version(1, "verified", "model", "llm", "s" * 8, "c" * 8, "now"))
    moves: list[tuple[str, float, str]] = field(default_factory=list)
    broken: str = ""
    folder: str = "/nonexistent"

    def file_of(self, ending: str) -> str:
        """Return a path."""
        return f"{self.folder}/score_{ending}"

    def version(self, _number: int) -> Version:
        """Return the version as it is now."""
        return self.version_

    def move(self, _version: Any, state: Any, reason: str, evidence: Any = None) -> Version:
        """Remember a move."""
        if self.broken:
            raise StateError(self.broken)
        told = dict(evidence or {})
        self.version_ = replace(self.version_, state=state, percent=told.get("percent", 0.0), evidence=told)
        self.moves.append((state, self.version_.percent, reason))
        return self.version_

    expel = move


def trial(plan: Plan | None = None, **about: Any) -> tuple[Promotion, Memory]:
    """Return a trial that has begun, kept in memory alone, and its history."""
    memory: Any = Memory()
    promotion = Promotion(memory, memory.version_, plan, **about)
    promotion.trial.save = lambda *_given: None  # type: ignore[method-assign]  # statistics need no files
    promotion.begin()
    return promotion, memory


def served(
    promotion: Promotion, candidate: float | Callable[[int], float], baseline: float | Callable[[int], float],
    *, calls: int = 20_000, seed: int = 1, until: tuple[str, ...] = OUT, noise: Callable[[float], float] | None = None,
) -> int:  # fmt: skip
    """Serve calls until the trial is over or the version active; return how many the candidate got.

    Rates of success may depend on the number of the call.
    """
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    mine = 0
    for call in range(calls):
        takes = promotion.takes(str(chance.random())) if promotion.stage != "shadow" else True
        rates = [rate(call) if callable(rate) else rate for rate in (candidate, baseline)]
        values = [noise(rate) if noise else float(chance.random() < rate) for rate in rates]
        mine += takes
        if promotion.stage == "shadow":
            promotion.shadowed(*values)
        else:
            promotion.observe(candidate=takes, value=values[0 if takes else 1])
        if promotion.stage in until:
            break
    return mine


def decisions(
    candidate: Callable[[random.Random, int], float], baseline: Callable[[random.Random, int], float],
    *, runs: int, pairs: int, seed: int = 1, **about: Any,
) -> list[tuple[str, int]]:  # fmt: skip
    """Return the decision of each of many tests, and after how many pairs it fell."""
    found: list[tuple[str, int]] = []
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    for _ in range(runs):
        test = PairedTest(**about)
        for pair in range(pairs):
            test.update(candidate(chance, pair), baseline(chance, pair))
            if test.decision != "undecided":
                break
        found.append((test.decision, test.pairs))
    return found


def rate(value: float) -> Callable[[random.Random, int], float]:
    """Return outcomes of 0 or 1 with this rate."""
    return lambda chance, _pair: float(chance.random() < value)
