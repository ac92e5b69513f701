"""What `fn.poet.explain()` says beside the stages: which version serves, what was learned and why, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.stages.poet import Poet


def about_versions(poet: Poet) -> Iterator[str]:
    """Yield lines about the versions of a function; none for one that keeps none and gives no reason."""
    if poet.lifecycle is None:
        if poet.original_problem:
            yield f"No versions: {poet.original_problem}"
        return
    lifecycle = poet.lifecycle
    yield f"Versions: {lifecycle.describe()}"
    for one in lifecycle.versions:
        notes = f": {one.notes}" if one.notes else ""
        yield f"  - v{one.number} {one.state}{' (pinned)' if one.pinned else ''}, by {one.generator}{notes}"
    if lifecycle.versions:
        name = lifecycle.name
        yield f"  To go back: `dana-poet rollback {name}`; to keep the original whatever happens: `dana-poet pin {name} 0`"


def about_learning(poet: Poet) -> Iterator[str]:
    """Yield lines about the parameters of a function that learns; none for any other."""
    learning = poet.learning
    if learning is None:
        return
    yield f"Learned ({learning.mode}): {_values(learning.served) or 'nothing yet'}"
    if learning.values != learning.served:
        yield f"  Tried in calls now: {_values(learning.values)}"
    for one in learning.specs:
        yield f"  - {one.name}: starts at {one.start!r}, {_bounds(one)}"
    newest = next(iter(learning.sets()), None)
    if newest is not None:
        yield f"  Why: {newest.reason or 'no reason is on record'}"
        yield f"  To go back: `dana-poet learn rollback {learning.name}`"


def _values(values: Any) -> str:
    return ", ".join(
        f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value!r}" for name, value in values.items()
    )


def _bounds(one: Any) -> str:
    if hasattr(one, "low"):
        unit = f" {one.unit}" if getattr(one, "unit", "") else ""
        return f"between {one.low:g} and {one.high:g}{unit}"
    return f"one of {', '.join(map(repr, getattr(one, 'options', ())))}"
