"""How parameters and contexts go together with quality: an additive model of splines with pairs, in closed form.

Sources: Hastie and Tibshirani, Generalized Additive Models (1990); Wood, On p-values for smooth components (2013), for
testing each group of coefficients. Time is a term of its own, so that a drift is not blamed on a parameter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from dana_learning.batch.chance import NORMAL, chi_deviate, deviate_beyond, middle
from dana_learning.batch.design import Design, Term
from dana_learning.batch.findings import Advice, Effect, Interaction
from dana_learning.batch.records import Column, NumberColumn, OptionColumn, Records
from dana_learning.matrices import gram as gram_of
from dana_learning.matrices import inverse as inverse_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from dana_learning.kinds import Option

Array: TypeAlias = "NDArray[np.float64]"

ROWS = 12_000
"""Of more executions so many are modelled: effects are known well enough then."""
ERROR = 0.01
"""Probability of naming any effect or interaction when there is none."""
GRID = 17
MOVES = 4
"""Parameters that advice moves at most, one after the other."""


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model: coefficients, their covariance, and what the tests of each group said."""

    design: Design
    centre: Array
    weights: Array
    covariance: Array
    gram: Array
    mean: float
    variance: float
    """That of quality."""
    noise: float
    explained: float
    deviates: tuple[float, ...]
    """For each term, then each pair: how far from having no effect."""
    limit: float
    count: int

    def groups(self) -> list[tuple[int, int]]:
        """Return first and last column of each term, then of each pair."""
        return self.design.groups()

    def share(self, place: int) -> float:
        """Return the share of the variance of quality that a group stands for, less what chance adds."""
        first, last = self.groups()[place]
        weights, gram = self.weights[first:last], self.gram[first:last, first:last]
        chance = float((self.covariance[first:last, first:last] * gram).sum())
        return max(0.0, (float(weights @ gram @ weights) - chance) / (self.count * self.variance))


def columns_of(records: Records) -> list[tuple[Column, str]]:
    """Return what the model is made of: parameters, contexts, and time."""
    found: list[tuple[Column, str]] = [(column, "parameter") for column in records.parameters]
    found += [(column, "context") for column in records.contexts]
    if found:
        order = np.arange(len(records)) / max(len(records) - 1, 1)
        found.append((NumberColumn("", order, 0.0, 1.0, log=False, present=order), "time"))
    return found


def fitted(records: Records) -> Model | None:
    """Return the model of quality; None when there is nothing to explain or to explain it by."""
    quality = records.quality
    columns = columns_of(records)
    if not columns or float(quality.std()) < 1e-9:
        return None
    if len(records) > ROWS:
        some = np.sort(np.random.default_rng(0).choice(len(records), ROWS, replace=False))
        quality = quality[some]
        columns = [(_thinned(column, some), role) for column, role in columns]
    design = Design.of(columns, quality)
    if not any(term.role != "time" for term in design.terms):
        return None
    return _solved(design, design.table([term.data for term in design.terms]), quality)


def _thinned(column: Column, some: NDArray[np.int64]) -> Column:
    if isinstance(column, NumberColumn):
        return NumberColumn(column.name, column.unit[some], column.low, column.high, column.log, column.present)
    return OptionColumn(column.name, column.codes[some], column.options, column.known)


def _solved(design: Design, table: Array, quality: Array) -> Model:
    count, mean = len(quality), float(quality.mean())
    aim = quality - mean
    centre = table.mean(axis=1)
    gram = gram_of(table) - np.multiply.outer(centre, centre * count)
    target = table @ aim
    total = float(aim @ aim)
    width = design.width
    # Nearly free coefficients for the tests, and for how much each group moves quality.
    inverse = inverse_of(gram + np.eye(width) * (1e-4 * count / width))
    free = inverse @ target
    degrees = float((inverse * gram).sum())
    spare = max(count - 1 - degrees, 1.0)
    noise = max(total - float(free @ (2 * target - gram @ free)), 1e-12 * total) / spare
    groups = design.groups()
    starts = [first for first, _ in groups]
    deviates = _deviates(design, free, inverse * noise, spare)
    # Then each group is shrunken as much as it deserves: its coefficients have a prior of their own spread.
    owners = np.repeat(np.arange(len(groups)), [last - first for first, last in groups])
    blocks = gram * np.equal.outer(owners, owners)
    moves = np.add.reduceat(free * (blocks @ free) - noise * (inverse * blocks).sum(axis=1), starts)
    shrink = noise * np.add.reduceat(gram.diagonal(), starts) / np.maximum(moves, 1e-3 * total)
    known = inverse_of(gram + np.diag(shrink[owners]))
    explained = max(0.0, 1.0 - noise / (total / max(count - 1, 1)))
    limit = deviate_beyond(ERROR / len(groups))
    return Model(
        design,
        centre,
        known @ target,
        known * noise,
        gram,
        mean,
        total / count,
        noise,
        explained,
        deviates,
        limit,
        count,
    )


def _deviates(design: Design, free: Array, covariance: Array, spare: float) -> tuple[float, ...]:
    """Return how far each group is from nothing, as a normal deviate; few spare executions count for less."""
    found = list[float]()
    for first, last in design.groups()[: len(design.terms)]:
        part = free[first:last]
        statistic = float(part @ np.linalg.solve(covariance[first:last, first:last], part))
        found.append(_as_deviate(statistic, last - first, spare))
    squares = np.square(free) / covariance.diagonal()
    for pair in design.pairs:
        if pair.last == pair.first + 1:
            statistic = float(squares[pair.first])
        else:
            part, own = free[pair.first : pair.last], covariance[pair.first : pair.last, pair.first : pair.last]
            statistic = float(part @ np.linalg.solve(own, part))
        found.append(_as_deviate(statistic, pair.last - pair.first, spare))
    return tuple(found)


def _as_deviate(statistic: float, size: int, spare: float) -> float:
    # The noise is estimated as well: the statistic is shortened to what a chi-square would have been.
    return chi_deviate(spare * math.log1p(statistic / spare), size) if spare > 1 else 0.0


def effects(model: Model) -> tuple[tuple[Effect, ...], tuple[Interaction, ...]]:
    """Return effects and interactions that are more than chance, the largest first."""
    found, together = list[Effect](), list[Interaction]()
    terms = model.design.terms
    for place, (term, deviate) in enumerate(zip(terms, model.deviates, strict=False)):
        if term.role == "time" or deviate < model.limit:
            continue
        best, gain = _best(model, term)
        share = model.share(place)
        found.append(Effect(evidence=model.count, name=term.name, role=term.role, share=share, best=best, gain=gain))
    for place, pair in enumerate(model.design.pairs, len(terms)):
        if model.deviates[place] >= model.limit:
            first, second = sorted((terms[pair.one].name, terms[pair.other].name))
            names = (first, second)
            together.append(Interaction(evidence=model.count, names=names, share=model.share(place)))
    return (
        tuple(sorted(found, key=lambda one: (-one.share, one.name))),
        tuple(sorted(together, key=lambda one: (-one.share, one.names))),
    )


def _best(model: Model, term: Term) -> tuple[Option, float]:
    grid = term.grid(GRID)
    part = slice(term.first, term.last)
    columns = term.main(grid, model.design.pieces) - model.centre[part, None]
    gains = model.weights[part] @ columns
    caution = np.sqrt(np.maximum(((model.covariance[part, part] @ columns) * columns).sum(axis=0), 0.0))
    place = int(np.argmax(gains - caution))
    return decoded(term, float(grid[place])), float(gains[place])


def decoded(term: Term, data: float) -> Option:
    """Return the value of a parameter that a number of the design stands for."""
    match term.column:
        case NumberColumn() as number:
            return number.value(data)
        case choice:
            return choice.options[int(data)]


def advice(model: Model, current: Mapping[str, Any], confidence: float) -> tuple[Advice, ...]:
    """Return moves from the current values, each better with at least this probability given the ones before it.

    Contexts stay as they usually are. Only values inside what was tried are advised.
    """
    at = [_usual(term, current) for term in model.design.terms]
    movable = [
        place for place, term in enumerate(model.design.terms)
        if term.role == "parameter" and max(model.deviates[place], _paired_deviate(model, place)) >= model.limit
    ]  # fmt: skip
    found = list[Advice]()
    while movable and len(found) < MOVES:
        place, data, gain, chance = _best_move(model, at, movable)
        if chance < confidence or gain <= 0.0:
            break
        term = model.design.terms[place]
        found.append(
            Advice(
                evidence=model.count, name=term.name, current=decoded(term, at[place]), suggested=decoded(term, data),
                gain=gain, probability=chance,
            )
        )  # fmt: skip
        at[place] = data
        movable.remove(place)
    return tuple(found)


def _paired_deviate(model: Model, place: int) -> float:
    start = len(model.design.terms)
    pairs = enumerate(model.design.pairs, start)
    return max((model.deviates[where] for where, pair in pairs if place in {pair.one, pair.other}), default=0.0)


def _usual(term: Term, current: Mapping[str, Any]) -> float:
    """Return where a term stands now: at the current value, else in the middle of what was seen."""
    given = _looked_up(current, term.name)
    match term.column:
        case NumberColumn() as number if isinstance(given, (int, float)) and math.isfinite(given):
            return number.share(float(given))
        case OptionColumn() as choice:
            return float(choice.options.index(given) if given in choice.options else np.bincount(choice.codes).argmax())
        case _:
            return middle(term.data)


def _looked_up(values: Mapping[str, Any], path: str) -> Any:
    if path in values:
        return values[path]
    for name, inner in values.items():
        if isinstance(inner, dict) and path.startswith(f"{name}."):
            return _looked_up(inner, path[len(name) + 1 :])
    return None


def _best_move(model: Model, at: list[float], movable: list[int]) -> tuple[int, float, float, float]:
    """Return the single move with the highest gain that is most surely one: place, new value, gain, P(better)."""
    grids = [(place, model.design.terms[place].grid(GRID)) for place in movable]
    total = sum(len(grid) for _, grid in grids)
    data = [np.full(total + 1, here) for here in at]
    first, owners = 1, [-1]
    for place, grid in grids:
        data[place][first : first + len(grid)] = grid
        owners += [place] * len(grid)
        first += len(grid)
    table = model.design.table(data)
    moved = table[:, 1:] - table[:, :1]
    gains = model.weights @ moved
    spreads = np.sqrt(np.maximum(((model.covariance @ moved) * moved).sum(axis=0), 1e-18))
    best = int(np.argmax(gains - spreads))
    place = owners[best + 1]
    chance = NORMAL.cdf(float(gains[best] / spreads[best]))
    return place, float(data[place][best + 1]), float(gains[best]), chance
