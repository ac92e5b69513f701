"""What commands about state share: which folder is meant, how lengths of time are written, how warnings are told."""

from __future__ import annotations

import re
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dana_poet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ".poet"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def folder_of(named: str | None) -> str:
    """Return the state folder: the one that was named, else that of the settings and DANA_STATE_DIR, else `.poet`."""
    if named is not None:
        if not named:
            raise UsageError("--state is empty", hint="name a folder, or leave it out")
        return named
    from dana_poet.settings import current_settings

    return current_settings().state.dir or FOLDER


def length(text: str) -> float:
    """Return a length of time in seconds.

    >>> length("90s"), length("1.5h"), length("30d")
    (90.0, 5400.0, 2592000.0)
    """
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?[smhdw]", text):
        raise UsageError(f"{text!r} is no length of time", hint="write 90s, 15m, 2h, 3d or 1w")
    return float(text[:-1]) * UNITS[text[-1]]


@contextmanager
def told_plainly(verb: str) -> Iterator[None]:
    """Print warnings as lines of their own, without the place in our code that they come from."""

    def tell(message: Warning | str, *_: object, **__: object) -> None:
        print(f"dana-poet {verb}: {message}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = tell
        yield
