"""Make nyc_taxi_hourly.csv and known_events.csv from a checkout of the Numenta Anomaly Benchmark.

Usage: python prepare.py PATH_TO_NAB. It was run once; the two files are committed, so the example needs no network.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
SERIES = "realKnownCause/nyc_taxi.csv"
# NAB's labels are windows without names; these are the causes that NAB documents for them, in order of time.
CAUSES = ("New York marathon", "Thanksgiving", "Christmas", "New Year", "January blizzard")


def hourly(path: Path) -> list[tuple[str, int]]:
    """Return (hour, passengers) by adding the two half hours of each hour."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    halves = zip(rows[::2], rows[1::2], strict=True)
    return [(first["timestamp"][:16], int(first["value"]) + int(second["value"])) for first, second in halves]


def write(name: str, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    """Write one CSV file beside this script."""
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main(nab: Path) -> None:
    """Read NAB, write the two files."""
    data = nab / "data" if (nab / "data").is_dir() else nab
    windows = json.loads((nab / "labels" / "combined_windows.json").read_text(encoding="utf-8"))[SERIES]
    write("nyc_taxi_hourly.csv", ("hour", "passengers"), list(hourly(data / SERIES)))
    events = [(cause, start[:16], end[:16]) for cause, (start, end) in zip(CAUSES, windows, strict=True)]
    write("known_events.csv", ("event", "start", "end"), list(events))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
