"""Which parameters do best on recorded calls: few changes at a time, and limits between the scores that were seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dana_poet.stages.replay.weighing import loss

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dana_poet.stages.replay.playing import Player
    from dana_poet.stages.replay.weighing import Case

    Values = Mapping[str, Any]

GRID = 15
"""Values that are tried of a number where no score says which ones differ."""
MARGIN = 1.1
"""A limit is so much above the score that it lies above, at most."""
CHANGE = 0.25
"""Weight that each change but that of the limit has to gain."""


class Found(NamedTuple):
    """The parameters that do best, and what they still get wrong."""

    values: dict[str, Any]
    loss: float


def best(
    player: Player, function: Callable[..., Any], specs: Sequence[Any], served: Values, cases: Sequence[Case]
) -> Found:
    """Return the parameters with the least loss; those that are served where nothing is better."""
    found = Found(dict(served), loss(cases, player.alarms(function, cases, served)))
    for values in _near(specs, served, player.limit):
        changes = CHANGE * sum(values[name] != served[name] for name in values)
        for one, alarms in _limited(player, function, specs, values, cases):
            wrong = loss(cases, alarms) + changes
            if wrong < found.loss - 1e-9:
                found = Found(one, wrong)
    return found


def _near(specs: Sequence[Any], served: Values, limit: str) -> Iterator[dict[str, Any]]:
    """Yield what is served, and the same with one parameter changed; the limit comes later."""
    yield dict(served)
    for spec in specs:
        if spec.name != limit:
            for value in _others(spec, served[spec.name], coarse=bool(limit)):
                if value != served[spec.name]:
                    yield {**served, spec.name: value}


def _others(spec: Any, now: Any, *, coarse: bool) -> list[Any]:
    options = getattr(spec, "options", None)
    if options is not None:
        return list(options)
    if coarse:
        return [spec.clip(now / 2), spec.clip(now * 2)]
    grid = (spec.from_unit(step / (GRID - 1)) for step in range(GRID))
    return sorted(grid, key=lambda value: abs(value - now))  # of those that do equally well the nearest


def _limited(
    player: Player, function: Callable[..., Any], specs: Sequence[Any], values: dict[str, Any], cases: Sequence[Case]
) -> Iterator[tuple[dict[str, Any], list[bool | None]]]:
    """Yield the values with each limit that makes a difference, the lowest first, and the alarms that come of it."""
    spec = next((one for one in specs if one.name == player.limit), None)
    scores = player.scores(function, cases, values) if spec is not None else []
    if spec is None or None in scores:
        yield values, player.alarms(function, cases, values)
        return
    seen = sorted({score for score in scores if score is not None})
    for score, above in zip(seen, [*seen[1:], float("inf")], strict=True):
        limit = spec.clip(round(min(MARGIN * score, (score + above) / 2), 3))
        yield {**values, spec.name: limit}, [one is not None and one > limit for one in scores]
