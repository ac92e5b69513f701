"""Modules with a memory: each call gets its own random numbers, decimal context, calendar, csv dialects and clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_sandbox.facades.state import State

_CSV_FIELD_LIMIT = 131_072
_CSV_DIALECTS = frozenset({"excel", "excel-tab", "unix"})
# The host ends the child at the deadline; a sleep is over a little later, in case it does not.
_BEYOND = 0.25


def random_exports(_state: State) -> Mapping[str, object]:
    """Return the functions of a generator that belongs to this call alone, seeded by the system."""
    import random

    from dana_sandbox.facades.export_tables import exports

    generator = random.Random()  # noqa: S311 - the program's own dice
    return {name: getattr(generator, name) for name in (exports("random") or frozenset()) - {"Random"}}


def time_exports(state: State) -> Mapping[str, object]:
    """Return the clock of the call: UTC, and no sleep beyond the deadline."""

    def sleep(seconds: float, /) -> None:
        """Wait for `seconds`; never longer than the call may take."""
        if not seconds >= 0:
            raise ValueError("sleep length must be non-negative")
        time.sleep(min(seconds, max(0.0, state.deadline - time.monotonic()) + _BEYOND))

    return {"sleep": sleep, "timezone": 0, "altzone": 0, "daylight": 0, "tzname": ("UTC", "UTC")}


def decimal_exports(_state: State) -> Mapping[str, object]:
    """Start the call with Python's own decimal context, and hand out copies of the three ready-made ones."""
    import decimal

    decimal.setcontext(decimal.Context())
    ready = ("BasicContext", "DefaultContext", "ExtendedContext")
    return {name: getattr(decimal, name).copy() for name in ready}


def csv_exports(_state: State) -> Mapping[str, object]:
    """Forget the dialects and the field limit of earlier calls."""
    import csv

    for name in set(csv.list_dialects()) - _CSV_DIALECTS:
        csv.unregister_dialect(name)
    for name, dialect in (("excel", csv.excel), ("excel-tab", csv.excel_tab), ("unix", csv.unix_dialect)):
        csv.register_dialect(name, dialect)
    csv.field_size_limit(_CSV_FIELD_LIMIT)
    return {}


def calendar_exports(state: State) -> Mapping[str, object]:
    """Return a calendar whose first day of the week is this call's own, and whose `pr...` functions are captured."""
    import calendar

    class TextCalendar(calendar.TextCalendar):
        """Makes calendars of plain text; what it prints is captured."""

        __module__ = "calendar"

        def prweek(self, theweek: list[tuple[int, int]], width: int) -> None:  # type: ignore[override] # as typeshed knows it
            """Print a week."""
            state.output.write(self.formatweek(theweek, width))

        def prmonth(self, theyear: int, themonth: int, w: int = 0, l: int = 0) -> None:  # noqa: E741 - the library's name
            """Print a month."""
            state.output.write(self.formatmonth(theyear, themonth, w, l))

        def pryear(self, theyear: int, w: int = 0, l: int = 0, c: int = 6, m: int = 3) -> None:  # noqa: E741
            """Print a year."""
            state.output.write(self.formatyear(theyear, w, l, c, m))

    own = TextCalendar()

    def setfirstweekday(firstweekday: int) -> None:
        """Set the first day of the week, 0 for Monday."""
        if not calendar.MONDAY <= firstweekday <= calendar.SUNDAY:
            raise calendar.IllegalWeekdayError(firstweekday)
        own.setfirstweekday(firstweekday)

    names = ("day_abbr", "day_name", "month_abbr", "month_name")
    return {
        **{name: tuple(getattr(calendar, name)) for name in names},
        "mdays": list(calendar.mdays),  # type: ignore[attr-defined] # public, though typeshed leaves it out
        "TextCalendar": TextCalendar,
        "calendar": own.formatyear,
        "firstweekday": own.getfirstweekday,
        "month": own.formatmonth,
        "monthcalendar": own.monthdayscalendar,
        "prcal": own.pryear,
        "prmonth": own.prmonth,
        "setfirstweekday": setfirstweekday,
        "week": own.formatweek,
        "weekheader": own.formatweekheader,
    }
