"""Read the committed taxi series and the known events, as plain lists and dicts that Dana reads with `row.day`."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

FOLDER = str(Path(__file__).parent)
"""Where this example lives; the picture goes here unless the program is told another place."""


def days() -> list[dict[str, object]]:
    """Return one `{day, weekday, hours}` for each complete day, in order; `hours` are 24 passenger counts."""
    hours: dict[str, list[float]] = {}
    for row in _rows("nyc_taxi_hourly.csv"):
        hours.setdefault(row["hour"][:10], []).append(float(row["passengers"]))
    return [
        {"day": day, "weekday": date.fromisoformat(day).strftime("%a"), "hours": counts}
        for day, counts in hours.items()
        if len(counts) == 24
    ]


def events() -> list[dict[str, str]]:
    """Return the labelled events as `{event, start, end}`; start and end read `2014-10-30 15:30`."""
    return _rows("known_events.csv")


def event_on(day: str) -> str:
    """Return the name of the known event that touches `day`, or an empty text.

    >>> event_on("2014-11-02"), event_on("2014-09-02")
    ('New York marathon', '')
    """
    return next((event["event"] for event in events() if event["start"][:10] <= day <= event["end"][:10]), "")


def _rows(name: str) -> list[dict[str, str]]:
    with Path(FOLDER, name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
