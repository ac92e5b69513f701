"""The main example: what it decides on the real series, what it does with verdicts, and that its tests are right."""

from __future__ import annotations

import csv
import hashlib
import math
import os
import random
import re
import statistics
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dana_poet

FOLDER = Path(__file__).parents[2] / "examples" / "smart_monitor"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Run the example once as `make run` does; give its output and its picture."""
    folder = tmp_path_factory.mktemp("monitor")
    command = [sys.executable, "-P", "-m", "dana_poet", "run", str(FOLDER / "monitor.na")]
    command += ["--state", str(folder / "state"), f"picture={folder / 'monitor.png'}"]
    environment = {**os.environ, "MPLCONFIGDIR": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert (done.stderr, done.returncode) == ("", 0)
    return done.stdout, folder / "monitor.png"


def windows(output: str) -> list[str]:
    """Return the lines that report one day each."""
    return [line for line in output.splitlines() if re.match(r"\d{4}-\d\d-\d\d \w{3} ", line)]


def test_every_day_after_the_reference_gets_a_decision(run: tuple[str, Path]) -> None:
    """187 days are watched, in order, none twice."""
    days = [line[:10] for line in windows(run[0])]
    assert (len(days), days[0], days[-1]) == (187, "2014-07-29", "2015-01-31")
    assert days == sorted(set(days))


def test_the_summary_counts_what_the_lines_say(run: tuple[str, Path]) -> None:
    """Alarms, verdicts and lessons add up; every known event was noticed."""
    lines = windows(run[0])
    alarms = [line for line in lines if "ALARM" in line]
    real = [line for line in alarms if "real drift" in line]
    assert (len(alarms), len(real)) == (33, 10)
    assert sum("false alarm" in line for line in alarms) == 23
    assert run[0].split("\n\n", 1)[1].splitlines() == [
        "windows    187 days",
        "alarms     33: 10 true, 23 false",
        "events     5 of 5 known events raised an alarm",
        "feedback   33 verdicts received, 3 of them not learned from yet",
        "lesson 1   10 verdicts: 0 real, 10 false alarms",
        "lesson 2   10 verdicts: 3 real, 7 false alarms",
        "lesson 3   10 verdicts: 5 real, 5 false alarms",
        "published  33 drift.validation events",
        "picture    monitor.png",
    ]


def test_the_strongest_alarm_is_the_blizzard(run: tuple[str, Path]) -> None:
    """The day New York closed its streets."""
    shifts = {line[:10]: float(re.findall(r"shift ([+-][\d.]+)", line)[0]) for line in windows(run[0])}
    assert min(shifts, key=lambda day: shifts[day]) == "2015-01-27"


def test_the_picture_is_a_png_of_a_useful_size(run: tuple[str, Path]) -> None:
    """At least a thousand points wide and not empty."""
    data = run[1].read_bytes()
    assert data.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", data[16:24])
    assert width >= 1000
    assert height >= 600
    assert len(data) > 50_000


def test_the_committed_picture_shows_this_run() -> None:
    """The README shows it."""
    assert (FOLDER / "monitor.png").read_bytes().startswith(b"\x89PNG")


def test_the_series_is_the_documented_one() -> None:
    """A changed data file would change every figure silently."""
    digest = hashlib.sha256((FOLDER / "nyc_taxi_hourly.csv").read_bytes()).hexdigest()
    assert digest == "cb042abeff61d414d5c8201bd819c7316d89c27d5adb7306f02e37881bb10e55"
    assert "Permission is hereby granted" in (FOLDER / "LICENSE-data.txt").read_text()


@pytest.fixture(scope="module")
def drift() -> Any:
    """Give the example's drift tests as a module."""
    return dana_poet.load(FOLDER / "drift.na")


def hours_of(days: list[str]) -> list[float]:
    """Return the passengers of the given days, hour by hour."""
    with (FOLDER / "nyc_taxi_hourly.csv").open(newline="") as file:
        return [float(row["passengers"]) for row in csv.DictReader(file) if row["hour"][:10] in days]


@pytest.mark.parametrize(
    ("day", "distance", "p_value"),
    [("2014-07-31", 0.126488, 0.8117), ("2014-11-01", 0.497024, 8.66e-06), ("2015-01-26", 0.5, 7.41e-06)],
)
def test_kolmogorov_smirnov_agrees_with_scipy(drift: Any, day: str, distance: float, p_value: float) -> None:
    """Exact values of scipy.stats.ks_2samp on the example's own data; the formula here is the asymptotic one."""
    reference = hours_of([f"2014-07-{number:02}" for number in range(1, 29)])
    assert drift.ks_distance(hours_of([day]), reference) == pytest.approx(distance, abs=1e-6)
    assert drift.ks_p_value(hours_of([day]), reference) == pytest.approx(p_value, rel=0.3)


def test_equal_and_shifted_samples_give_the_values_of_hand(drift: Any) -> None:
    """Two runs of eight numbers that overlap by half."""
    low, high = [1.0, 2, 3, 4, 5, 6, 7, 8], [5.0, 6, 7, 8, 9, 10, 11, 12]
    assert drift.ks_distance(low, high) == 0.5
    assert drift.ks_p_value(low, low) == 1.0
    assert drift.psi(low, low, 4) == 0.0
    assert drift.mean_shift(high, low) == pytest.approx(4 / statistics.stdev(low))


def test_p_values_of_equal_samples_are_spread_evenly(drift: Any) -> None:
    """Where nothing changed, p < 0.05 comes about once in twenty times; fixed seed."""
    source = random.Random(7)  # noqa: S311 - no secrets here
    reference = [source.gauss(0, 1) for _ in range(672)]
    samples = [[source.gauss(0, 1) for _ in range(24)] for _ in range(400)]
    share = sum(drift.ks_p_value(sample, reference) < 0.05 for sample in samples) / len(samples)
    assert 0.02 <= share <= 0.09


def test_psi_is_symmetric_in_its_shares_and_grows_with_the_shift(drift: Any) -> None:
    """Written out by hand for two bins."""
    reference, current = [0.0] * 5 + [1.0] * 5, [0.0] * 2 + [1.0] * 8
    p, q = 2.5 / 11, 5.5 / 11
    by_hand = (p - q) * math.log(p / q) + ((1 - p) - (1 - q)) * math.log((1 - p) / (1 - q))
    assert drift.psi(current, reference, 2) == pytest.approx(by_hand)
    assert drift.psi([1.0] * 10, reference, 2) > drift.psi(current, reference, 2)


def test_the_agent_learns_in_batches(tmp_path: Path) -> None:
    """`collect_feedback` hands over its buffer at the threshold and starts a new one."""
    command = [sys.executable, "-P", "-m", "dana_poet", "run", str(FOLDER / "monitor.na"), "days=60"]
    command += ["--state", str(tmp_path), f"picture={tmp_path / 'short.png'}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "windows    60 days" in done.stdout
    assert "8 verdicts received, 8 of them not learned from yet" in done.stdout
    assert "lesson" not in done.stdout
