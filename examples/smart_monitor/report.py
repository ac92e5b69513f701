"""What the monitor prints: a line a day, what was learned and why, and what it all amounts to."""

from __future__ import annotations

import re
from typing import Any

from dana_poet.domains.ml_monitoring import calibrated_drift

START = "as it began"
Entry = dict[str, Any]


def entry(row: Entry, decision: Entry, event: str, learned: list[str]) -> Entry:
    """Return what is noted of one day; plain data, so that the agent can keep it."""
    said = ("real drift: " if event else "false alarm") if decision["drift_detected"] else "labelled: " if event else ""
    return {
        "day": row["day"], "weekday": row["weekday"], "detector": decision["detector"], "score": decision["score"],
        "limit": decision["limit"], "alarm": decision["drift_detected"], "event": event, "said": said + event,
        "learned": list(learned),
    }  # fmt: skip


def show(one: Entry) -> None:
    """Print a day, and below it what was learned, why, and the way back."""
    score = f"{one['detector']:<8} {one['score']:5.2f}, limit {one['limit']:.2f}"
    print(f"{one['day']} {one['weekday']}  {score}  {'ALARM' if one['alarm'] else 'quiet'}  {one['said']}".rstrip())
    for change in one["learned"]:
        print("  learned: " + change.replace("; ", "\n           "))


def phases(log: list[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return the days by what decided them: the start, learned parameters, each version."""
    found: list[tuple[str, list[Entry]]] = [(START, [])]
    for one in log:
        found[-1][1].append(one)
        for change in one["learned"]:
            version = re.match(r"version \d+", change)
            name = version[0] if version and "taken back" not in change else "learned parameters"
            if version or found[-1][0] == START:
                found = [(told, days) for told, days in found if days]
                found.append((name, []))
    return [(name, days) for name, days in found if days]


def unlearned(log: list[Entry], days: list[Entry]) -> list[Entry]:
    """Return the same days as the detector would have decided them that the monitor began with."""
    first = next(place for place, row in enumerate(days) if row["day"] == log[0]["day"])
    hours = [row["hours"] for row in days]
    decided = [calibrated_drift(hours[first + n], hours[: first + n]) for n in range(len(log))]
    return [{**one, "alarm": plain["drift_detected"]} for one, plain in zip(log, decided, strict=True)]


def counted(log: list[Entry]) -> str:
    """Return alarms, true and false, and how many of the known events raised one."""
    alarms = [one for one in log if one["alarm"]]
    real = [one for one in alarms if one["event"]]
    found, happened = ({one["event"] for one in some if one["event"]} for some in (real, log))
    text = f"{len(log):>3} days, {len(alarms):>2} alarms: {len(real):>2} true, {len(alarms) - len(real)} false"
    return text + (f"; {len(found)} of {len(happened)} known events" if happened else "")


def summary(log: list[Entry], days: list[Entry]) -> None:
    """Print what the whole amounts to: had nothing been learned, as it was, and phase by phase."""
    print()
    print(f"had nothing been learned  {counted(unlearned(log, days))}")
    print(f"as it learned             {counted(log)}")
    for name, part in phases(log):
        print(f"  {name:<22}  {counted(part)}")
