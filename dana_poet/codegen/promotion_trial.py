"""What a trial has seen so far: pairs, rates and times, kept in a file so that a restarted process goes on with it.

Sums that decide are added up over the processes that serve the function, so that all of them make one test. The file
is replaced now and then, not at each call: a killed process loses what it saw since, which costs time, not truth.
"""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.promotion_statistics import PairedTest, Watch
from dana_poet.codegen.version_files import locked, read_regular
from dana_poet.runtime.state import write_all

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.codegen.promotion_plan import Plan
    from dana_poet.codegen.versions import Version

FORMAT = 1
RECENT = 500
"""Outcomes of the baseline after which its rate forgets the oldest."""
TIMES = 200
"""Times of the baseline from which its 90th percentile is read."""
BRIEFLY = 0.2
"""Seconds that a call waits for another process to keep its trial; what was not kept is kept the next time."""
KNOWN = 30
"""Outcomes or times of the baseline before the candidate is compared with its rate."""


class Pairs:
    """Makes pairs of outcomes that come one at a time: means of both sides since the last pair."""

    __slots__ = ("_counts", "_sums")

    def __init__(self) -> None:
        self._sums, self._counts = [0.0, 0.0], [0, 0]

    def take(self, side: int, value: float) -> tuple[float, float] | None:
        """Take an outcome of side 0, the candidate, or 1, the baseline; return a pair when both were seen."""
        self._sums[side] += value
        self._counts[side] += 1
        if not all(self._counts):
            return None
        pair = self._sums[0] / self._counts[0], self._sums[1] / self._counts[1]
        self._sums, self._counts = [0.0, 0.0], [0, 0]
        return min(pair[0], 1.0), min(pair[1], 1.0)


class Trial:
    """All figures of one version's trial. `tally` are the sums beside the tests: held-out pairs, outcomes per step."""

    def __init__(self, plan: Plan) -> None:
        margin = plan.margin if plan.rule == "not worse" else 0.0
        self.test = PairedTest(level=plan.level, harm=plan.harm, margin=margin, minimum=plan.minimum)
        self.objective = PairedTest(level=plan.level, harm=plan.harm, minimum=plan.minimum)
        self.pace = PairedTest(level=plan.level, harm=plan.harm)
        self.tally: dict[str, float] = {}
        self.rate, self.seen = 0.0, 0
        self.times: list[float] = []
        self.limit = 0.0
        self.quality = Watch(level=plan.harm)
        self.speed = Watch(level=plan.harm)
        self.rest, self.failures = 0.0, 0.0
        self._saved: dict[str, list[float]] = self._sums()

    def add(self, name: str, amount: float = 1.0) -> None:
        """Count something."""
        self.tally[name] = self.tally.get(name, 0.0) + amount

    def of(self, name: str) -> float:
        """Return what was counted."""
        return self.tally.get(name, 0.0)

    def baseline(self, value: float) -> None:
        """Take an outcome of the baseline into its rate."""
        self.seen += 1
        self.rate += (value - self.rate) / min(self.seen, RECENT)

    def took(self, seconds: float) -> None:
        """Take a time of the baseline."""
        self.times.append(seconds)
        if len(self.times) >= TIMES or (len(self.times) >= KNOWN and not self.limit):
            self.limit = sorted(self.times)[int(len(self.times) * 0.9)]
            self.times = self.times[-TIMES // 2 :]

    def least(self, tolerance: float) -> float:
        """Return the rate that the candidate must not fall below: the baseline's, a little towards one half, less the tolerance."""
        count = min(self.seen, RECENT)
        rate = (self.rate * count + 1.0) / (count + 2.0)
        return min(max(rate - tolerance, 0.02), 0.98)

    def evidence(self, plan: Plan) -> dict[str, Any]:
        """Return what a version's evidence says of its trial."""
        test = self.test
        return {
            "pairs": test.pairs, "difference": round(test.difference, 6), "decision": test.decision,
            "means": [round(one / max(test.pairs, 1), 6) for one in test.sums], "rule": plan.rule, "level": plan.level,
            "held_out_pairs": round(self.of("held_out")), "baseline_rate": round(self.rate, 6),
        }  # fmt: skip

    def watched(self) -> None:
        """Begin to watch anew: the version is another or serves in another way."""
        self.quality, self.speed = Watch(level=self.quality.level), Watch(level=self.speed.level)

    def forked(self) -> None:
        """Leave to the parent process what it has not kept yet: two would add it twice."""
        self._saved = self._sums()

    # Keeping it.

    def _sums(self) -> dict[str, list[float]]:
        """Return what adds up over processes, flat."""
        sums = {f"{name}.{part}": one for name, test in self._tests() for part, one in test.counts().items()}
        return sums | {f"tally.{name}": [value] for name, value in self.tally.items()}

    def _tests(self) -> tuple[tuple[str, PairedTest], ...]:
        return ("test", self.test), ("objective", self.objective), ("pace", self.pace)

    def load(self, file: str, version: Version) -> None:
        """Go on with what a file says of this version; of another one only the rest after rollbacks is taken.

        A file that is missing, damaged or newer is no trial: it begins anew, which is slower and as safe.
        """
        record = _record(file)
        if record is None:
            return
        try:
            self.rest, self.failures = float(record["rest"]), float(record["failures"])
            if record["version"] == [version.number, version.content_hash]:
                self._take(record)
        except (KeyError, TypeError, ValueError, IndexError, OverflowError):
            return

    def _take(self, record: Mapping[str, Any]) -> None:
        quality, speed = Watch.from_state(record["quality"]), Watch.from_state(record["speed"])
        self._count(record["sums"])
        self.rate, self.seen = float(record["rate"]), int(record["seen"])
        self.times, self.limit = [float(one) for one in record["times"]], float(record["limit"])
        self.quality, self.speed = quality, speed
        self._saved = self._sums()

    def _count(self, sums: Mapping[str, list[float]]) -> None:
        for name, test in self._tests():
            test.count({part: sums[f"{name}.{part}"] for part in test.counts()})
        self.tally = {name[6:]: values[0] for name, values in sums.items() if name.startswith("tally.")}

    def save(self, folder: str, file: str, version: Version) -> None:
        """Add what was seen since the last time to the file, and take what others added. OSError when that fails."""
        with locked(folder, BRIEFLY):
            record = _record(file)
            if record is not None and record.get("version") == [version.number, version.content_hash]:
                with contextlib.suppress(KeyError, ValueError, TypeError, AttributeError):  # damaged: ours stands alone
                    self._count(_added(self._sums(), self._saved, record["sums"]))
            sums = self._sums()
            kept = {
                "format": FORMAT, "kind": "trial", "version": [version.number, version.content_hash], "sums": sums,
                "rate": self.rate, "seen": self.seen, "times": self.times, "limit": self.limit,
                "quality": self.quality.state(), "speed": self.speed.state(), "rest": self.rest,
                "failures": self.failures,
            }  # fmt: skip
            _replace(file, json.dumps(kept).encode())
        self._saved = sums


def _added(
    mine: Mapping[str, list[float]], saved: Mapping[str, list[float]], there: Mapping[str, list[float]]
) -> dict[str, list[float]]:
    """Return what is there, plus what was seen here since it was saved."""
    total = {name: [float(one) for one in values] for name, values in there.items()}
    for name, values in mine.items():
        old = saved.get(name, [0.0] * len(values))
        base = total.get(name, [0.0] * len(values))
        total[name] = [one + new - before for one, new, before in zip(base, values, old, strict=True)]
    return total


def _replace(file: str, data: bytes) -> None:
    """Replace the file whole, without waiting for the disk: after a power failure a trial may begin anew."""
    temporary = f"{file}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(temporary, flags, 0o600)
    try:
        write_all(handle, data)
    finally:
        os.close(handle)
    os.replace(temporary, file)


def _record(file: str) -> dict[str, Any] | None:
    try:
        data = read_regular(file)
        record = json.loads(data) if data is not None else None
    except (OSError, ValueError, RecursionError):
        return None
    known = isinstance(record, dict) and record.get("kind") == "trial" and record.get("format") == FORMAT
    return record if known else None
