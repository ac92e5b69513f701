"""What takes all inputs through the driver, gives each its time, and repeats or times a call.

As `driver`, this text is put into the sandboxed program under names that the candidate cannot know.
"""

from __future__ import annotations

from typing import Any

from dana_poet.codegen.verification.driver import MOST_ITEMS, Notes, observed, poison, prepared


class Pace:
    """Gives each case its CPU seconds, and ends when those of all are used up.

    `usual` is what each case is expected to take at most, and `each` what it may take in any case; the `most` of all is
    beyond what is usual. Where nothing is usual, `each` is the longest, and less when `most` is nearly used up unless
    that is less by itself. The cases from `light` on have `later` instead of `most`.
    """

    def __init__(self, clock: Any, usual: Any, each: float, most: float, light: int, later: float) -> None:
        self.clock, self.usual, self.each, self.most, self.light, self.later = clock, usual, each, most, light, later
        self.spent, self.begun = 0.0, 0.0

    def begin(self, index: int) -> float:
        """Return the CPU seconds that the next case may take, 0 when there are none left."""
        if index == self.light:
            self.spent, self.most = 0.0, self.later
        if self.spent > self.most:
            return 0.0
        self.begun = self.clock()
        if self.usual:
            self.most += self.usual[index]
            return float(max(self.each, self.usual[index]))
        return float(self.each if self.each > self.most else min(self.each, max(0.003, (self.most - self.spent) / 4)))

    def end(self) -> float:
        """Return how long it took."""
        took = self.clock() - self.begun
        self.spent += took
        return float(took)


def driven(function: Any, cases: Any, report: Any, first: int, chunk: int, pace: Any, fuel: Any) -> int:
    """Call the function on all cases from `first` on, and tell the host of each chunk of records.

    Returns how many cases were met. A case that takes too long is the last, unless nothing is usual.
    """
    records: list[Any] = []
    begun = index = first
    while index < len(cases):
        case = cases[index]
        seconds = pace.begin(index)
        if not seconds:
            break
        fuel[:4] = [0, 1, pace.begun + seconds, 0]
        record, value = observed(function, case)
        again = None
        if case[3] == "twice" and record[0] == "value" and not fuel[3]:
            poison(value, 0)
            second, other = observed(function, case)
            if second[1] != record[1] or (value is other and type(value) in (list, dict, set)):
                again = second[1]
        if fuel[3]:
            record = ["slow", [], [], [], None]
        index += 1
        records.append([*record, again, pace.end()])
        if len(records) >= chunk or fuel[3]:
            report(begun, records)
            begun, records = index, []
            if fuel[3] and pace.usual:
                break
    fuel[2] = 1e18
    if records:
        report(begun, records)
    return index


def timed(function: Any, cases: Any, clock: Any, budget: float) -> list[float]:
    """Return CPU seconds of one call for each case: the best of several within the budget of all."""
    found = []
    for case in cases:
        best, spent, count = 1e9, 0.0, 0
        while count < 3 or (spent < budget / len(cases) and count < 25):
            args, kwargs = prepared(case)
            begun = clock()
            try:
                value = function(*args, **kwargs)
                if hasattr(value, "__next__"):
                    for _ in range(MOST_ITEMS):
                        if next(value, None) is None:
                            break
            except Exception:  # noqa: BLE001 - a call that fails takes its time too
                value = None
            took = clock() - begun
            best, spent, count = min(best, took), spent + took, count + 1
            if spent > budget:
                break  # a slow call is measured well enough by one
        found.append(best)
    return found


def repeated(function: Any, case: Any, count: int, clock: Any, budget: float) -> Any:
    """Call the same case again and again; return the number of the first call that differs, or None."""
    args, kwargs = prepared(case)
    first = Notes()
    first.outcome(function, args, kwargs, 0)
    begun = clock()
    for number in range(2, count):
        args, kwargs = prepared(case)
        notes = Notes()
        notes.outcome(function, args, kwargs, 0)
        if notes.tokens != first.tokens:
            return number
        if clock() - begun > budget:
            return None
    return None
