"""The edits that are known in a search, how often they were asked for, and what they are worth by all scores so far."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from dana_poet.prompts.edits import Edit, composed, differences
from dana_poet.prompts.effects import EffectPool, Effects
from dana_poet.prompts.template import PromptError, PromptTemplate

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from dana_poet.prompts.outcome import Suggestion

MOST = 60
"""Edits that a search knows at most; others are refused."""
ASKED_WORTH = 0.1
"""What an edit is thought to be worth, before any score, that is asked for e times as often as by chance."""
SURPRISE_WORTH = 0.02
"""What it is thought to be worth beside that for each standard deviation above chance: certainty counts too."""
WORTH = -0.01
"""What an edit is thought to be worth that is asked for as often as by chance."""
DOUBT = 0.5
"""Proposals without which nothing is concluded from being asked for."""
FARTHEST = 0.25
"""The most that being asked for counts, in either direction."""


class Ideas:
    """The edits of a search, each by its number. `pool` keeps the scores."""

    def __init__(self, template: PromptTemplate) -> None:
        self.template = template
        self.edits: list[Edit] = []
        self.why: list[str] = []
        self.pool = EffectPool()
        self.proposals = 0
        self._asked: list[float] = []
        self._chance: list[float] = []
        self._fitted: tuple[tuple[int, int, int], Effects] | None = None

    def shown(self, chosen: Sequence[int]) -> tuple[str, ...]:
        """Return edits as people read them."""
        return tuple(repr(self.edits[at]) for at in chosen)

    def take(self, suggestion: Suggestion, chosen: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """Take in what was proposed for a prompt with the edits `chosen`; return why, and the edits asked for.

        Each edit must keep all placeholders by itself, so that any combination of them does.
        """
        self.proposals += 1
        try:
            wanted = [edit for edit in differences(self.template.text, suggestion.text) if self._safe(edit)]
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

    def _expected(self) -> list[float]:
        """Return what each edit is thought to be worth before any score, from how often it was asked for."""
        found = []
        for asked, chance in zip(self._asked, self._chance, strict=True):
            often = math.log((asked + DOUBT) / (chance + DOUBT))
            surprise = (asked - chance) / math.sqrt(chance + 1.0)
            worth = ASKED_WORTH * often + SURPRISE_WORTH * surprise
            found.append(WORTH + max(-FARTHEST, min(FARTHEST, worth)))
        return found

    def effects(self) -> Effects:
        """Return what the edits are worth; worked out anew when a score or a proposal has come."""
        known = (len(self.pool.rows), self.proposals, len(self.edits))
        if self._fitted is None or self._fitted[0] != known:
            self._fitted = (known, self.pool.effects(self._expected()))
        return self._fitted[1]

    def leading(self) -> tuple[int, ...]:
        """Return the edits whose expected worth is above zero."""
        return self._compatible(self.effects().mean)

    def drawn(self, rng: random.Random, spread: float) -> tuple[int, ...]:
        """Return the edits that are worth something in one draw of the posterior."""
        if not self.edits:
            return ()
        return self._compatible(self.effects().drawn(np.random.default_rng(rng.getrandbits(32)), spread))

    def _compatible(self, worth: Any) -> tuple[int, ...]:
        """Return edits of positive worth; of those that change the same lines the one of greatest worth."""
        taken: list[int] = []
        for at in sorted(range(len(self.edits)), key=lambda at: -float(worth[at])):
            if worth[at] > 0 and not any(self.edits[at].overlaps(self.edits[other]) for other in taken):
                taken.append(at)
        return tuple(sorted(taken))

    def state(self) -> dict[str, Any]:
        """Return all that is known, as plain data."""
        return {
            "edits": [list(edit) for edit in self.edits], "why": list(self.why), "asked": list(self._asked),
            "chance": list(self._chance), "proposals": self.proposals,
            "rows": [[list(edits), example, score] for edits, example, score in self.pool.rows],
            "pool": self.pool.state(),
        }  # fmt: skip

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take over what `state` gave."""
        self.edits = [Edit(*edit) for edit in state["edits"]]
        self.why, self.proposals = list(state["why"]), int(state["proposals"])
        self._asked, self._chance = list(state["asked"]), list(state["chance"])
        self.pool, self._fitted = EffectPool(), None
        for edits, example, score in state["rows"]:
            self.pool.add(edits, example, score)
        self.pool.restore(state["pool"])
