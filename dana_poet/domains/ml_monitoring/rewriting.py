"""Write another version of a detector: residuals from the same place of earlier seasons, in plain Python that reads well."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Windows = Sequence[Sequence[float]]

TODAY = ("today", "current", "current_data", "window_now", "batch")
HISTORY = ("history", "past", "earlier", "reference_windows")
LIMIT, MEMORY = "limit", "memory"
SEASONS = (7, 1)
"""Numbers of windows after which data may repeat: the same day of the week, any day."""
LEAST = 21
"""Windows of history before anything is rewritten: three weeks."""


class Rewriting(NamedTuple):
    """Another version of a detector: what it looks at, in words, and its text."""

    about: str
    source: str


def rewritings(name: str, arguments: str, answers: str) -> Iterator[Rewriting]:
    """Yield versions of the detector `name`. `arguments` is its signature, `answers` what it returns: "dict" or "bool".

    Nothing for a function that does not take what is needed: the window of today, the history and a limit.

    >>> [one.about for one in rewritings("detect", "(today, history, limit=2.0, memory=28)", "dict")][0]
    'residuals from the median of the same place in earlier seasons of 7 windows'
    """
    head = _head(arguments)
    if head is None or answers not in _ANSWERS:
        return
    for season in SEASONS:
        for trend in (False, True):
            about = "residuals from the median of " + (
                f"the same place in earlier seasons of {season} windows" if season > 1 else "the windows before"
            )
            about += ", at the level of the last season" if trend else ""
            words = {"name": name, "about": about, "season": season, "size": _SIZE[trend], "least": 2 + trend, **head}
            yield Rewriting(about, _TEXT.format(**words, answer=_ANSWERS[answers]))


def _head(arguments: str) -> dict[str, str] | None:
    """Return the parameters without hints, and which of them are today, the history, the limit and the memory."""
    tree = ast.parse(f"def f{arguments.partition(' -> ')[0]}: ...").body[0]
    assert isinstance(tree, ast.FunctionDef)
    everything = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
    for one in everything:
        one.annotation = None
    names = [one.arg for one in everything]
    today = next((one for one in TODAY if one in names), None)
    history = next((one for one in HISTORY if one in names), None)
    if today is None or history is None or LIMIT not in names:
        return None
    memory = MEMORY if MEMORY in names else "28"
    return {"parameters": ast.unparse(tree.args), "today": today, "history": history, "limit": LIMIT, "memory": memory}


_ANSWERS = {
    "dict": '{"detector": "seasonal", "score": score, "limit": limit, "drift_detected": score > limit}',
    "bool": "score > limit",
}
_SIZE = {
    False: """
    same = windows[place % SEASON : place : SEASON][-SEASONS:]
    profile = [median(values) for values in zip(*same)]
    return sum(abs(a - b) for a, b in zip(windows[place], profile)) / len(profile)""",
    True: '''
    same = [shape(windows, other) for other in range(place % SEASON + SEASON, place, SEASON)[-SEASONS:]]
    profile = [median(values) for values in zip(*same)]
    return sum(abs(a - b) for a, b in zip(shape(windows, place), profile)) / len(profile)


def shape(windows, place):
    """Return a window without the level of the season before it."""
    before = [sum(window) / len(window) for window in windows[place - SEASON : place]]
    level = sum(before) / len(before)
    return [value - level for value in windows[place]]''',
}
_TEXT = '''"""Detect drift in {about}.

Written by rules of the ml_monitoring domain, to take the place of a detector that compares raw values.
"""

from statistics import median

SEASON = {season}  # windows after which the data repeats
SEASONS = 8  # earlier ones of them that make the profile
LEAST = 7  # windows with a profile that are needed before anything is said


def {name}({parameters}):
    """Score today's residual by how large residuals usually are: in robust standard deviations above the median."""
    windows = [*{history}, {today}]
    first = max({least} * SEASON, len(windows) - 1 - int({memory}))
    sizes = [size(windows, place) for place in range(first, len(windows))]
    usual, now = sizes[:-1], sizes[-1] if sizes else 0.0
    score = 0.0
    if len(usual) >= LEAST:
        typical = median(usual)
        spread = 1.4826 * median([abs(one - typical) for one in usual])
        score = max(0.0, now - typical) / max(spread, 0.05 * typical, 1e-9)
    return {answer}


def size(windows, place):
    """Return the mean absolute residual of a window from the profile of the same place in earlier seasons."""{size}
'''


def injected(arguments: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield arguments with drift put into today: half a deviation up, half as wide again, three places later.

    >>> calm = {"today": [1.0, 2.0, 3.0, 4.0], "history": [[1.0, 2.0, 3.0, 4.0]]}
    >>> [(name, changed["today"]) for name, changed in injected(calm)][2]
    ('later', [2.0, 3.0, 4.0, 1.0])
    """
    today = next((one for one in TODAY if one in arguments), None)
    history = next((one for one in HISTORY if one in arguments), None)
    if today is None or history is None:
        return
    window = [float(value) for value in arguments[today]]
    spread = _deviation([value for other in arguments[history][-28:] for value in other])
    mean = sum(window) / len(window)
    yield "shifted", {**arguments, today: [value + 0.5 * spread for value in window]}
    yield "wider", {**arguments, today: [mean + 1.5 * (value - mean) for value in window]}
    turn = len(window) - max(1, len(window) // 8)
    yield (
        "later",
        {**arguments, today: [*window[turn:], *window[:turn]] if len(window) >= 8 else [*window[1:], window[0]]},
    )


def _deviation(values: Sequence[float]) -> float:
    mean = sum(values) / max(len(values), 1)
    return float((sum((value - mean) ** 2 for value in values) / max(len(values), 1)) ** 0.5)
