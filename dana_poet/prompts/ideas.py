"""The edits that are known in a search, how often they were asked for, and what they are worth by all scores so far."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_poet.prompts.edits import Edit, composed, differences
from dana_poet.prompts.effects import SWEEPS, Draw, EffectPool
from dana_poet.prompts.template import PromptError, PromptTemplate

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from dana_poet.prompts.outcome import Suggestion

MOST = 60
"""Edits that a search knows at most; others are refused."""
ASKED = (0.5, 2.0, 4.0)
"""How far it is believed what the proposer asks for: a share of the log odds that it asks twice as often for what is
needed as by chance, and the most that this may be."""
PRICE = 0.025
"""What an edit must be worth to stay, where no example seems to need it: a longer prompt costs too, and may harm. The
surer it is that some examples need it, the less is asked; at even chances nothing."""
TRIALS = 8
"""Scores without an edit that leads, while the others stood, below which it is tried without."""
LAST = 50
"""Sweeps before the last word on what leads."""


class Ideas:
    """The edits of a search, each by its number. `pool` keeps the scores."""

    def __init__(self, template: PromptTemplate, examples: int) -> None:
        self.template = template
        self.edits: list[Edit] = []
        self.why: list[str] = []
        self.pool = EffectPool(examples)
        self.proposals = 0
        self._asked: list[float] = []
        self._chance: list[float] = []

    def shown(self, chosen: Sequence[int]) -> tuple[str, ...]:
        """Return edits as people read them."""
        return tuple(repr(self.edits[at]) for at in chosen)

    def take(self, suggestion: Suggestion, chosen: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """Take in what was proposed for a prompt with the edits `chosen`; return why, and the edits asked for.

        Each edit must keep all placeholders by itself, so that any combination of them does.
        """
        self.proposals += 1
        try:
            new = differences(self.template.text, suggestion.text)
            wanted = [edit for edit in new if edit in self.edits or self._safe(edit)]
        except PromptError as error:
            return f"refused: {error.message}", ()
        numbers = [self._number(edit, suggestion.why) for edit in wanted]
        asked = tuple(at for at in numbers if at is not None and at not in chosen)
        absent = [at for at in range(len(self.edits)) if at not in chosen]
        for at in absent:
            self._chance[at] += 1 / (len(absent) + 1)
        for at in asked:
            self._asked[at] += 1
        return suggestion.why or ("asked for" if asked else "nothing new"), asked

    def _safe(self, edit: Edit) -> bool:
        try:
            return not self.template.why_not(PromptTemplate(composed(self.template.text, [edit])))
        except PromptError:
            return False

    def _number(self, edit: Edit, why: str) -> int | None:
        if edit in self.edits:
            return self.edits.index(edit)
        if len(self.edits) >= MOST:
            return None
        self.edits.append(edit)
        self.why.append(why)
        self._asked.append(0.0)
        self._chance.append(0.0)
        return len(self.edits) - 1

    def _odds(self) -> list[float]:
        """Return the log odds that an edit is needed, before any score, from how often it was asked for."""
        share, times, most = ASKED
        found = []
        for asked, chance in zip(self._asked, self._chance, strict=True):
            told = share * (asked * math.log(times) - chance * (times - 1))
            found.append(max(-most, min(most, told)))
        return found

    def leading(self) -> tuple[int, ...]:
        """Return the edits that are worth their price."""
        needed = self.pool.needed(len(self.edits))
        return self._compatible(self.pool.worth(len(self.edits)) + 2 * PRICE * needed, PRICE)

    def untested(self) -> tuple[int, ...] | None:
        """Return what leads without the edit that was tried least without; None when all were tried enough.

        What seemed to be needed while much else was missing may not be needed any more.
        """
        lead = set(self.leading())
        trials = dict.fromkeys(lead, 0)
        for edits, _, _ in self.pool.rows:
            if len(lost := lead.difference(edits)) == 1:
                trials[lost.pop()] += 1
        least = min(lead, key=lambda at: (trials[at], at), default=None)
        return None if least is None or trials[least] >= TRIALS else tuple(sorted(lead - {least}))

    def settle(self, rng: random.Random, sweeps: int = SWEEPS) -> None:
        """Work out what the edits are worth by what is known now."""
        self.pool.settle(self._odds(), np.random.default_rng(rng.getrandbits(32)), sweeps)

    def drawn(self, rng: random.Random) -> tuple[int, ...]:
        """Return the edits that are worth something in one draw of what they may be worth."""
        if not self.edits:
            return ()
        self.settle(rng)
        return self._compatible(self.pool.draws[-1].worth) if self.pool.draws else ()

    def _compatible(self, worth: Any, least: float = 0.0) -> tuple[int, ...]:
        """Return edits worth more than `least`; of those that change the same lines the one of greatest worth."""
        taken: list[int] = []
        for at in sorted(range(len(worth)), key=lambda at: -float(worth[at])):
            if worth[at] > least and not any(self.edits[at].overlaps(self.edits[other]) for other in taken):
                taken.append(at)
        return tuple(sorted(taken))

    def state(self) -> dict[str, Any]:
        """Return all that is known, as plain data."""
        return {
            "edits": [list(edit) for edit in self.edits], "why": list(self.why), "asked": list(self._asked),
            "chance": list(self._chance), "proposals": self.proposals,
            "rows": [[list(edits), example, score] for edits, example, score in self.pool.rows],
            "draws": [draw.state() for draw in self.pool.draws],
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave."""
        self.edits = [Edit(*edit) for edit in state["edits"]]
        self.why, self.proposals = list(state["why"]), int(state["proposals"])
        self._asked, self._chance = list(state["asked"]), list(state["chance"])
        self.pool = EffectPool(self.pool.examples)
        for edits, example, score in state["rows"]:
            self.pool.add(edits, example, score)
        self.pool.draws = [Draw.of(one) for one in state["draws"]]
