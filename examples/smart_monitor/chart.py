"""Draw what the monitor saw, raised and learned: the series, alarms before and after, scores and limits, the reasons."""

from __future__ import annotations

import re
import sys
from datetime import datetime, timedelta
from typing import Any

INK, QUIET, REAL, FALSE, EVENT = "#24292f", "#8c959f", "#1a7f37", "#cf222e", "#ddf4ff"
SPANS = ("#ffffff", "#fff8e5", "#eaf6ea", "#f3ecfb", "#ffffff")
"""Colours of phases, in their order."""
Entry = dict[str, Any]


def draw(
    days: list[Entry], log: list[Entry], plain: list[Entry], spans: list[tuple[str, list[Entry]]], events: list[Entry],
    path: str,
) -> bool:  # fmt: skip
    """Write the picture to `path` as PNG. False, with a line on standard error, when matplotlib is not installed.

    `plain` are the same days had nothing been learned, `spans` the days by what decided them.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        sys.stderr.write("no picture: it needs matplotlib (pip install 'dana-poet[plot]')\n")
        return False
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "text.color": INK})
    reasons = told(log)
    figure, (top, middle, bottom, words) = plt.subplots(
        4, 1, figsize=(11.5, 8.6), height_ratios=(4.2, 1.2, 3.2, 0.33 * len(reasons) + 0.1), layout="constrained"
    )
    middle.sharex(top)
    bottom.sharex(top)
    draw_series(top, days, log, events)
    draw_alarms(middle, plain, log)
    draw_scores(bottom, log, spans, reasons)
    draw_reasons(words, reasons)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
    return True


def noon(day: str) -> datetime:
    """Return the middle of a day, where its mark stands."""
    return datetime.fromisoformat(day) + timedelta(hours=12)


def told(log: list[Entry]) -> list[tuple[str, str]]:
    """Return the day and, in short, each change that was learned."""
    return [(one["day"], short(change)) for one in log for change in one["learned"]]


def short(change: str) -> str:
    """Return a change without the way back, one line long.

    >>> short("limit: 2 -> 3: 1 of 1 verdicts right; 9% of the drifts put into quiet calls are seen, 17% before; back: x")
    'limit: 2 -> 3: 1 of 1 verdicts right; power 9% instead of 17%'
    """
    parts = re.sub(r" \(.*?\):", ":", change, count=1).split("; ")
    seen = [re.sub(r" of the drifts put into quiet calls are seen| before|, \d+% at best", "", one) for one in parts]
    return parts[0] + "".join(
        f"; power {new.replace(', ', ' instead of ')}"
        for old, new in zip(parts, seen, strict=True)
        if "drifts put into" in old
    )


def draw_series(axes: Any, days: list[Entry], log: list[Entry], events: list[Entry]) -> None:
    """Draw hourly passengers, their daily mean, the first month and the known events."""
    start = datetime.fromisoformat(days[0]["day"])
    hours = [start + timedelta(days=n, hours=hour) for n in range(len(days)) for hour in range(24)]
    counts = [count / 1000 for day in days for count in day["hours"]]
    axes.plot(hours, counts, linewidth=0.45, color=QUIET)
    axes.plot([noon(day["day"]) for day in days], [sum(day["hours"]) / 24000 for day in days], color=INK, linewidth=1.4)
    ceiling = max(counts)
    axes.axvspan(start, noon(log[0]["day"]) - timedelta(hours=12), color="#f6f8fa", zorder=0)
    axes.text(start + timedelta(days=1), ceiling * 1.07, "first month", color=QUIET, va="center")
    for number, event in enumerate(events):
        begin, end = datetime.fromisoformat(event["start"]), datetime.fromisoformat(event["end"])
        axes.axvspan(begin, end, color=EVENT, zorder=0)
        height = ceiling * (1.14, 1.06)[number % 2]  # neighbours' names would run into each other
        axes.text(begin, height, event["event"], fontsize=7.5, va="center", color=INK)
    axes.set_ylim(0, ceiling * 1.19)
    axes.set_xlim(start, noon(days[-1]["day"]) + timedelta(days=3))
    axes.set_ylabel("passengers per hour,\nthousands")
    axes.set_title(
        "SmartMonitor on New York taxi passengers: hourly (grey), daily mean (black), known events (blue)",
        loc="left", fontsize=10.5,
    )  # fmt: skip


def draw_alarms(axes: Any, plain: list[Entry], log: list[Entry]) -> None:
    """Draw the alarms in two rows: had nothing been learned, and as the monitor learned."""
    for row, some in ((2, plain), (1, log)):
        for real, colour in ((True, REAL), (False, FALSE)):
            raised = [noon(one["day"]) for one in some if one["alarm"] and bool(one["event"]) is real]
            axes.eventplot(raised, lineoffsets=row, linelengths=0.72, linewidths=2.0, colors=colour)
    names = [f"{name}: {count(some)}" for name, some in (("had nothing been learned", plain), ("as it learned", log))]
    for row, name in zip((2, 1), names, strict=True):
        axes.text(noon(log[0]["day"]) - timedelta(days=27), row, name.replace(": ", "\n"), va="center", fontsize=7.5)
    axes.set_yticks([])
    axes.set_ylim(0.5, 2.5)
    axes.set_ylabel("alarms")
    axes.set_title("alarms: true (green) and false (red), by the operator's verdicts", loc="left", fontsize=9)


def count(some: list[Entry]) -> str:
    """Return how many alarms are true and how many false."""
    alarms = [one for one in some if one["alarm"]]
    real = sum(bool(one["event"]) for one in alarms)
    return f"{real} true, {len(alarms) - real} false"


def draw_scores(
    axes: Any, log: list[Entry], spans: list[tuple[str, list[Entry]]], reasons: list[tuple[str, str]]
) -> None:
    """Draw scores, the limit that was served, what decided as shaded spans, and the number of each change."""
    moments = [noon(one["day"]) for one in log]
    highest = max(one["limit"] for one in log) * 2.2
    edges = [days[0]["day"] for _, days in spans]
    for number, (name, days) in enumerate(spans):
        end = noon(edges[number + 1]) if number + 1 < len(spans) else moments[-1] + timedelta(hours=12)
        axes.axvspan(noon(days[0]["day"]), end, color=SPANS[number % len(SPANS)], zorder=0)
        height = highest * (0.995 - 0.08 * (number % 3))  # a short phase has no room for its name
        axes.text(noon(days[0]["day"]) + timedelta(hours=12), height, name, fontsize=8, va="top", color="#57606a")
    axes.bar(moments, [min(one["score"], highest) for one in log], width=0.8, color=[colour(one) for one in log])
    axes.step(moments, [one["limit"] for one in log], where="mid", color=INK, linewidth=1.3)
    seen: dict[str, list[str]] = {}
    for number, (day, _) in enumerate(reasons, start=1):
        seen.setdefault(day, []).append(str(number))
    for place, (day, numbers) in enumerate(seen.items()):
        height = highest * (0.72, 0.64, 0.56)[place % 3]
        axes.text(noon(day), height, ",".join(numbers), fontsize=7.5, ha="center", va="center", weight="bold")
    axes.set_ylim(0, highest * 1.02)
    top = max(one["score"] for one in log)
    axes.set_ylabel("standard deviations\nabove usual" + (f"\n(cut; highest {top:.0f})" if top > highest else ""))
    axes.set_title(
        "score of each day (green and red: alarms) and the limit that was served (black); numbers: changes", loc="left", fontsize=9
    )  # fmt: skip


def colour(one: Entry) -> str:
    """Return the colour of a day's bar."""
    if not one["alarm"]:
        return "#c9d1d9"
    return REAL if one["event"] else FALSE


def draw_reasons(axes: Any, reasons: list[tuple[str, str]]) -> None:
    """Write why each change was made."""
    axes.axis("off")
    axes.set_title(
        "why (power: share of artificial drifts, put into quiet days, that raise an alarm)", loc="left", fontsize=9
    )
    for number, (day, text) in enumerate(reasons, start=1):
        shown = text if len(text) <= 205 else f"{text[:202]}..."
        axes.text(
            0,
            1 - (number - 0.5) / max(len(reasons), 1),
            f"{number}  {day}  {shown}",
            fontsize=6.9,
            va="center",
            transform=axes.transAxes,
        )
