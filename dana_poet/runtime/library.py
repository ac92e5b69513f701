"""Library functions that touch the world: the log, the clock, the environment; and `noop` and `cast`.

`log` is used by nearly every Dana program, so this module loads nothing that a bare interpreter has not loaded.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaTypeError, DanaValueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

WEIGHTS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "WARN": 30, "ERROR": 40, "CRITICAL": 50}
"""Level names and their weights, the same as Python's."""

_threshold = 20


def log(message: object, level: str = "info") -> None:
    """Write `message` to standard error, never to standard output.

    `level` is debug, info, warning, error or critical; any other word is shown as it is and weighs as much as info.
    Messages below `log_level` are left out. While `log_level` is debug, the place in the `.na` file is added.
    """
    shown = str(level).upper()
    if WEIGHTS.get(shown, 20) < _threshold:
        return
    place = _place() if _threshold <= WEIGHTS["DEBUG"] else ""
    sys.stderr.write(f"{'WARNING' if shown == 'WARN' else shown} {message}{place}\n")
    sys.stderr.flush()


def _at(level: str) -> Callable[[object], None]:
    """Return the function that logs at one level: older programs write `log.info("...")`."""

    def log_at_level(message: object) -> None:
        log(message, level)

    return log_at_level


for _level in WEIGHTS:
    setattr(log, _level.lower(), _at(_level))


def _place() -> str:
    """Return ` (file.na:line)` of the nearest caller that is Dana, or nothing when there is none."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller, without loading `inspect`
    caller: Any = frame
    while caller is not None:
        if caller.f_code.co_filename.endswith(".na"):
            return f" ({caller.f_code.co_filename.rpartition('/')[2]}:{caller.f_lineno})"
        caller = caller.f_back
    return ""


def log_level(level: str, namespace: str = "dana") -> None:
    """Leave out log messages below `level`: debug, info, warning, error or critical.

    `namespace` is `dana` for what programs log; any other name sets the Python logger of that name.
    DanaValueError for another level.
    """
    global _threshold  # noqa: PLW0603 - one log for one process, as for Python's own
    weight = WEIGHTS.get(str(level).upper())
    if weight is None:
        message = f"log level {level!r} is not known"
        raise DanaValueError(message, hint="use debug, info, warning, error or critical")
    if namespace == "dana":
        _threshold = weight
        return
    import logging

    logging.getLogger(namespace).setLevel(weight)


def noop(*values: object, **_named: object) -> object:
    """Return what was given: one value as it is, several as a tuple, none as null.

    >>> noop(5), noop(1, 2), noop()
    (5, (1, 2), None)
    """
    return values[0] if len(values) == 1 else (values or None)


def cast(target: Any, value: Any) -> Any:
    """Return `value` as `target`, by the rules of typed assignment; null has no number in it. DanaTypeError else.

    >>> cast(int, "123"), cast(str, 4.5), cast(bool, "no"), cast(list[int], ["1", 2.0])
    (123, '4.5', False, [1, 2])
    """
    from dana_poet.runtime.coerce import coerce, type_name

    if value is not None:
        return coerce(value, target, deep=True)
    if target is str or target is bool:
        return target(value)
    if target is None or target is type(None):
        return None
    raise DanaTypeError(f"cannot cast None to {type_name(target)}", hint="test for null before the cast")


def sleep(seconds: float) -> None:
    """Wait `seconds`. DanaValueError for a negative number, DanaTypeError for anything that is no number."""
    import time

    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise DanaTypeError(f"sleep needs a number of seconds, not {seconds!r}")
    if not seconds >= 0:
        raise DanaValueError(f"sleep needs 0 seconds or more, not {seconds}")
    time.sleep(seconds)


def now() -> datetime:
    """Return the date and time here and now, with its time zone; `now().isoformat()` is its text."""
    from datetime import datetime

    return datetime.now().astimezone()


def get_current_timestamp() -> str:
    """Return the date and time here and now as text, in ISO 8601 with seconds and time zone.

    >>> from datetime import datetime
    >>> datetime.fromisoformat(get_current_timestamp()).tzinfo is not None
    True
    """
    return now().isoformat(timespec="seconds")


def env(name: str, default: object = None) -> object:
    """Return the text of an environment variable, or `default` where it is not set."""
    import os

    return os.environ.get(name, default)
