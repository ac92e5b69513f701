"""The main example: what it decides on the real series, what it learns from verdicts, and that a restart changes nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "smart_monitor"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Run the example once as `make run` does; give its output and its picture."""
    folder = tmp_path_factory.mktemp("monitor")
    command = [sys.executable, "-P", "-m", "dana_poet", "run", str(FOLDER / "monitor.na")]
    command += ["--state", str(folder / "state"), f"picture={folder / 'monitor.png'}"]
    environment = {**os.environ, "MPLCONFIGDIR": str(folder)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, env=environment)
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
    """Alarms and verdicts add up; learning found more of the drifts for about as many false alarms."""
    lines = windows(run[0])
    alarms = [line for line in lines if "ALARM" in line]
    assert (len(alarms), sum("real drift" in line for line in alarms)) == (21, 15)
    assert sum("false alarm" in line for line in alarms) == 6
    assert run[0].split("\n\n", 1)[1].splitlines() == SUMMARY


SUMMARY = [
    "had nothing been learned  187 days, 10 alarms:  5 true, 5 false; 4 of 5 known events",
    "as it learned             187 days, 21 alarms: 15 true, 6 false; 5 of 5 known events",
    "  as it began              28 days,  1 alarms:  0 true, 1 false",
    "  learned parameters       10 days,  1 alarms:  0 true, 1 false",
    "  version 2               149 days, 19 alarms: 15 true, 4 false; 5 of 5 known events",
    "picture    monitor.png",
]


def test_each_change_says_what_why_and_how_to_go_back(run: tuple[str, Path]) -> None:
    """The first verdict moves parameters, the second brings a version, with the evidence for both."""
    changes = re.findall(r"^  learned: (.*\n(?: {11}.*\n)+)", run[0], flags=re.MULTILINE)
    assert [change.split(":")[0].split(" (")[0] for change in changes] == ["detector", "version 2", "limit"]
    assert all("back: dana-poet " in change for change in changes)
    assert "2 of 2 judged alarms were false (100%, above 30%), the last one with learned parameters" in changes[1]
    assert "100% of the drifts put into quiet calls are seen, 33% before, 100% at best" in changes[1]


def asked(*words: str) -> str:
    """Return what a command prints."""
    command = [sys.executable, "-P", "-m", "dana_poet", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout


def test_the_commands_tell_the_same_story(run: tuple[str, Path]) -> None:
    """Parameters, versions and events of the state folder are those that the run printed."""
    state, name = str(run[1].parent / "state"), "monitor.SmartMonitor.detect_drift"
    served = {
        one["name"]: one["served"]
        for one in json.loads(asked("learn", "status", "--state", state, "--json"))["functions"][0]["parameters"]
    }
    assert (served["limit"], served["memory"]) == (3.866, 28)
    explained = asked("learn", "explain", name, "--state", state)
    assert "limit: 3.14 -> 3.866" in explained
    assert f"to revert: dana-poet learn rollback {name} 3" in explained
    told = asked("versions", "detect_drift", "--audit", "--state", state)
    assert f"{name}: version 2 runs" in told
    assert "version 2  moved verified -> active: 2 of 2 judged alarms were false" in told
    events = asked("events", "stats", "--state", state)
    assert re.search(r"^feedback\s+21$", events, flags=re.MULTILINE)
    ran = json.loads(
        asked("events", "list", "--type", "poet.execution.completed", "-n", "9999", "--state", state, "--json")
    )
    assert sum(one["payload"]["function"] == name for one in ran) == 187


def test_a_restart_in_the_middle_changes_nothing(run: tuple[str, Path], tmp_path: Path) -> None:
    """What was learned, the version and what the detector has seen are kept: all days read the same."""
    command = ["run", str(FOLDER / "monitor.na"), "--state", str(tmp_path / "state"), f"picture={tmp_path / 'm.png'}"]
    first, second = asked(*command, "days=40"), asked(*command)
    assert [line for text in (first, second) for line in body(text)] == body(run[0])
    assert second.split("\n\n", 1)[1].splitlines()[:-1] == SUMMARY[:-1]


def body(output: str) -> list[str]:
    """Return the lines of days and what was learned."""
    return output.split("\n\n", 1)[0].splitlines()[1:]


def test_the_version_reads_as_python_and_stands_alone(run: tuple[str, Path]) -> None:
    """A person can look at it, run it and change it."""
    text = (run[1].parent / "state" / "detect_drift_v2.py").read_text()
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - the file that the run wrote
    history = [[float(100 + day % 7 * 10 + hour + day * hour % 3) for hour in range(24)] for day in range(42)]
    calm, moved = history[35], [value + 40 for value in history[35]]
    assert [names["detect_drift"](None, one, history, limit=4.0)["drift_detected"] for one in (calm, moved)] == [
        False,
        True,
    ]


def test_every_known_event_raises_an_alarm(run: tuple[str, Path]) -> None:
    """Also the two that the detector of the start does not see on most of their days."""
    found = {line.split("real drift: ")[1] for line in windows(run[0]) if "real drift: " in line}
    assert found == {"New York marathon", "Thanksgiving", "Christmas", "New Year", "January blizzard"}


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
