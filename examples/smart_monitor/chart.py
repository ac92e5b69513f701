"""Draw what the monitor saw and said: the series, the three tests' votes, the alarms and the verdicts on them."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

INK, QUIET, REAL, FALSE, EVENT = "#24292f", "#8c959f", "#1a7f37", "#cf222e", "#ddf4ff"
TESTS = (
    ("KS p < 0.01", lambda entry: entry["p_value"] < 0.01),
    ("PSI > 0.5", lambda entry: entry["psi"] > 0.5),
    ("|shift| > 0.3 sd", lambda entry: abs(entry["mean_shift"]) > 0.3),
)


def draw(days: list[dict[str, Any]], history: list[dict[str, Any]], events: list[dict[str, str]], path: str) -> bool:
    """Write the picture to `path` as PNG. False, with a line on standard error, when matplotlib is not installed."""
    try:
        import matplotlib as mpl
    except ImportError:
        sys.stderr.write("no picture: it needs matplotlib (pip install 'dana-poet[plot]')\n")
        return False
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "text.color": INK})
    figure, (top, middle, bottom) = plt.subplots(
        3, 1, figsize=(11, 6.4), sharex=True, height_ratios=(5, 1.3, 2.2), layout="constrained"
    )
    draw_series(top, days, history, events)
    draw_votes(middle, history)
    draw_verdicts(bottom, history)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
    return True


def noon(day: str) -> datetime:
    """Return the middle of a day, where its mark stands."""
    return datetime.fromisoformat(day) + timedelta(hours=12)


def draw_series(
    axes: Any, days: list[dict[str, Any]], history: list[dict[str, Any]], events: list[dict[str, str]]
) -> None:
    """Draw hourly passengers, the reference, the known events, and a mark above each alarmed day."""
    start = datetime.fromisoformat(days[0]["day"])
    hours = [start + timedelta(days=n, hours=hour) for n in range(len(days)) for hour in range(24)]
    counts = [count / 1000 for day in days for count in day["hours"]]
    axes.plot(hours, counts, linewidth=0.45, color=QUIET)
    axes.plot([noon(day["day"]) for day in days], [sum(day["hours"]) / 24000 for day in days], color=INK, linewidth=1.4)
    ceiling = max(counts)
    axes.axvspan(start, noon(history[0]["day"]) - timedelta(hours=12), color="#f6f8fa", zorder=0)
    axes.text(start + timedelta(days=1), ceiling * 1.13, "reference", color=QUIET, va="center")
    for number, event in enumerate(events):
        begin, end = datetime.fromisoformat(event["start"]), datetime.fromisoformat(event["end"])
        axes.axvspan(begin, end, color=EVENT, zorder=0)
        height = ceiling * (1.22, 1.15)[number % 2]  # neighbours' names would run into each other
        axes.text(begin, height, event["event"], fontsize=7.5, va="center", color=INK)
    for entry in history:
        if entry["alarm"]:
            mark = {"color": REAL, "marker": "v"} if entry["event"] else {"color": FALSE, "marker": "x"}
            axes.plot([noon(entry["day"])], [ceiling * 1.04], markersize=5, linestyle="", **mark)
    axes.set_ylim(0, ceiling * 1.26)
    axes.set_ylabel("passengers per hour, thousands")
    axes.set_title(
        "SmartMonitor on New York taxi passengers: hourly (grey), daily mean (black), known events (blue)",
        loc="left", fontsize=10.5,
    )  # fmt: skip


def draw_votes(axes: Any, history: list[dict[str, Any]]) -> None:
    """Draw one row for each test, with a bar on every day that it votes for an alarm."""
    for row, (_, fires) in enumerate(TESTS):
        fired = [noon(entry["day"]) for entry in history if fires(entry)]
        axes.eventplot(fired, lineoffsets=len(TESTS) - row, linelengths=0.7, linewidths=2.2, colors=INK)
    axes.set_yticks([3, 2, 1], [name for name, _ in TESTS])
    axes.set_ylim(0.4, 3.6)
    axes.tick_params(axis="y", length=0)
    axes.set_title("votes: two of the three raise an alarm", loc="left", fontsize=9)


def draw_verdicts(axes: Any, history: list[dict[str, Any]]) -> None:
    """Draw how the operator's verdicts add up, and where the monitor handed a batch to learning."""
    moments = [noon(entry["day"]) for entry in history]
    real = list(accumulate(int(entry["alarm"] and bool(entry["event"])) for entry in history))
    wrong = list(accumulate(int(entry["alarm"] and not entry["event"]) for entry in history))
    axes.step(moments, real, where="post", color=REAL, label="real drift (v)")
    axes.step(moments, wrong, where="post", color=FALSE, label="false alarm (x)")
    ceiling = max(*real, *wrong, 1) * 1.25
    axes.set_ylim(0, ceiling)
    before = 0
    for entry, moment in zip(history, moments, strict=True):
        if entry["lessons"] > before:
            axes.axvline(moment, color=QUIET, linewidth=0.8, linestyle=":")
            axes.text(moment, ceiling, f"lesson {entry['lessons']} ", fontsize=7.5, color=QUIET, va="top", ha="right")
        before = entry["lessons"]
    axes.set_ylabel("verdicts")
    axes.legend(loc="upper left", frameon=False, fontsize=8)
    axes.set_title("feedback received, added up", loc="left", fontsize=9)
