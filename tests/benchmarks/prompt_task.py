"""Prompt tasks with a known truth: some clauses help where an example needs them, some harm, and the scorer is noisy.

`MAIN` is the task that is reported, with seeds 100 to 111. Search methods are tuned on `OTHERS` and on other seeds.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TRAIN, VAL, TEST = 40, 40, 300
REPORTED = range(100, 112)
"""The seeds of the figures that are reported; none of them was used to tune anything."""
LINES = {
    "format": "Answer with one JSON object and nothing else.",
    "sarcasm": "Look for sarcasm: praise that the facts contradict.",
    "mixed": "Name both sides when a text praises and complains.",
    "evidence": "Quote the words that decided.",
    "units": "Keep the units that stand in the text.",
    "dates": "Write dates as year-month-day.",
    "language": "Answer in the language of the text.",
    "unknown": "Say 'unknown' when the text does not tell.",
    "polite": "Be very polite.",
    "expert": "You are the best expert in the world.",
    "short": "Use as few words as you can.",
    "creative": "Be creative.",
    "steps": "Think about it for a long time.",
    "emoji": "Add an emoji where it fits.",
}
START = "Tell what the customer thinks."


@dataclass(frozen=True)
class World:
    """`needed` is the share of examples that need a clause, `harm` the share of the score that a clause costs."""

    needed: Mapping[str, float]
    harm: Mapping[str, float]
    missing: float = 0.45
    """What is left of the score for each clause that an example needs and does not get."""
    best: float = 0.97
    noise: float = 0.2
    tells: float = 0.75
    """How often a low score comes with the name of something that is missing."""

    @property
    def names(self) -> tuple[str, ...]:
        """All clauses, those that help first."""
        return (*self.needed, *self.harm)


MAIN = World(
    needed={
        "format": 0.45, "sarcasm": 0.38, "mixed": 0.32, "evidence": 0.28, "units": 0.24, "dates": 0.20, "language": 0.17,
        "unknown": 0.14,
    },
    harm={"polite": 0.0, "expert": 0.0, "short": 0.05, "creative": 0.05, "steps": 0.02, "emoji": 0.03},
)  # fmt: skip
OTHERS = {
    "few useful": World(
        needed={"mixed": 0.5, "dates": 0.3, "emoji": 0.15},
        harm={"format": 0.0, "units": 0.0, "polite": 0.1, "expert": 0.03, "short": 0.06, "creative": 0.0, "steps": 0.04},
    ),
    "harsh and noisy": World(
        needed={"sarcasm": 0.4, "evidence": 0.35, "steps": 0.3, "short": 0.25, "unknown": 0.2, "expert": 0.2},
        harm={"format": 0.08, "mixed": 0.0, "units": 0.12, "creative": 0.0},
        missing=0.3, noise=0.3,
    ),
    "quiet complaints": World(
        needed={"dates": 0.4, "creative": 0.3, "polite": 0.3, "language": 0.2},
        harm={"emoji": 0.05, "expert": 0.02, "unknown": 0.0, "mixed": 0.03},
        missing=0.6, tells=0.3,
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Example:
    """One thing to score, with the clauses that it needs."""

    number: int
    needs: frozenset[str]
    ease: float


@dataclass(frozen=True)
class Task:
    """The three splits of one seed."""

    train: tuple[Example, ...]
    val: tuple[Example, ...]
    test: tuple[Example, ...]


def task(seed: int, world: World = MAIN) -> Task:
    """Return the task of a seed: 40 examples to learn from, 40 to choose with, 300 to report on."""
    rng = random.Random(f"task {seed}")  # noqa: S311 - an experiment
    made = []
    for number in range(TRAIN + VAL + TEST):
        needs = frozenset(name for name, share in world.needed.items() if rng.random() < share)
        made.append(Example(number, needs, rng.uniform(0.0, 0.06)))
    return Task(tuple(made[:TRAIN]), tuple(made[TRAIN : TRAIN + VAL]), tuple(made[TRAIN + VAL :]))


def clauses_of(prompt: str, world: World = MAIN) -> frozenset[str]:
    """Return the names of the clauses that a prompt has."""
    return frozenset(name for name in world.names if LINES[name] in prompt)


def quality(prompt: str, example: Example, world: World = MAIN) -> float:
    """Return what a prompt is worth on an example, without noise."""
    has = clauses_of(prompt, world)
    worth = (world.best - example.ease) * world.missing ** len(example.needs - has)
    for name in has & world.harm.keys():
        worth *= 1 - world.harm[name]
    return worth


def truth(prompt: str, examples: Iterable[Example], world: World = MAIN) -> float:
    """Return the mean worth of a prompt, without noise."""
    found = [quality(prompt, one, world) for one in examples]
    return sum(found) / len(found)


class Scorer:
    """Counts its calls; the same prompt and example give another score each time."""

    def __init__(self, seed: int, world: World = MAIN) -> None:
        self.calls = 0
        self.world = world
        self.rng = random.Random(f"scorer {seed}")  # noqa: S311 - an experiment

    def __call__(self, prompt: str, example: Example) -> tuple[float, str]:
        """Return a score from 0 to 1, and what a low one is complained about: the name of a clause, or nothing."""
        self.calls += 1
        score = min(1.0, max(0.0, self.rng.gauss(quality(prompt, example, self.world), self.world.noise)))
        missing = sorted(example.needs - clauses_of(prompt, self.world))
        said = ""
        if score < 0.75:
            if missing and self.rng.random() < self.world.tells:
                said = self.rng.choice(missing)
            elif self.rng.random() < 0.5:
                said = self.rng.choice(sorted(self.world.names))
        return score, said


def propose(prompt: str, said: list[str], rng: random.Random, world: World = MAIN) -> str:
    """Do what a reflecting model would do: cure what was complained about most, sometimes something beside it."""
    has = clauses_of(prompt, world)
    wanted = [name for name in said if name and name not in has]
    lines = prompt.split("\n")
    if wanted and rng.random() < 0.8:
        lines.append(LINES[max(sorted(set(wanted)), key=lambda name: (wanted.count(name), rng.random()))])
    elif rest := sorted(set(world.names) - has):
        lines.append(LINES[rng.choice(rest)])
    if len(lines) > 2 and rng.random() < 0.15:
        lines.pop(rng.randrange(1, len(lines)))
    return "\n".join(lines)
