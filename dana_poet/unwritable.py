"""Folders that cannot be written now, so that a full disk is one warning of this process and not one of each part.

Events, versions and learning of a function lie in one state folder and meet the same cause one after the other. Whoever
meets it first says what waits; the others ask here, and stay silent. The same cause is told anew when an hour has gone
by without it.
"""

from __future__ import annotations

import errno
import os
from time import monotonic as clock

AGAIN = 3600.0
"""Seconds without a cause after which it counts as another one."""
PARTS = ("events", "cache")
"""What lies in a state folder by itself."""
_SAME = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), errno.ENOSPC),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), errno.EACCES),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), errno.ENOTDIR),
}
_met: dict[tuple[str, object], float] = {}


def first(place: str, error: BaseException) -> bool:
    """Note that a place cannot be written; return whether nobody was told of it yet. The caller tells.

    `place` is a folder or the URL of a store. An error may stand for the OSError that it was raised from.

    >>> full = OSError(errno.ENOSPC, "No space left on device")
    >>> first("/data/shop/.poet/events", full), first("/data/shop/.poet", full)
    (True, False)
    """
    key, now = (state_folder(place), _cause(error)), clock()
    before = _met.get(key)
    _met[key] = now
    return before is None or now - before > AGAIN


def known(place: str, error: BaseException | None) -> bool:
    """Return whether somebody was told that a place cannot be written for this reason."""
    return error is not None and (state_folder(place), _cause(error)) in _met


def refusal(folder: str, error: BaseException) -> OSError | None:
    """Return the OSError behind an error if it says that a folder cannot be written, None for any other.

    >>> refusal("/tmp", OSError(errno.ENOENT, "No such file"))
    """
    found = _system_error(error)
    if found is None or found.errno not in _SAME:
        return None
    if found.errno == errno.EROFS or _SAME[found.errno] == errno.ENOSPC:
        return found
    return found if not (os.path.isdir(folder) and os.access(folder, os.W_OK)) else None  # else it is about one file


def why(folder: str, error: BaseException) -> str:
    """Return why a folder keeps nothing.

    >>> why("/data/.poet", OSError(28, "No space left on device"))
    '/data/.poet cannot be written: No space left on device'
    """
    return f"{folder} cannot be written: {reason(error)}"


def message(folder: str, error: BaseException) -> str:
    """Return what a person is told of a state folder: why, what waits, and what goes on."""
    return (
        f"{why(folder, error)}; until it can be, events wait in memory and versions and learning pause, the functions "
        "work as before; what still waits when the process ends is lost (DANA_STATE_DIR names another folder)"
    )


def reason(error: BaseException) -> str:
    """Return what the system says."""
    found = _system_error(error) or error
    return str(getattr(found, "strerror", None) or found).rstrip(".")


def to_tell(place: str, error: BaseException, otherwise: str, what: str = "") -> str:
    """Return what to tell of an error: `otherwise`; of a folder that cannot be written what waits, "" if that was told.

    `what` is what could not be done, as the beginning of the sentence.
    """
    folder = state_folder(place)
    if refusal(place, error) is None:
        return otherwise
    told = f"{what}: {message(folder, error)}" if what else message(folder, error)
    return told if first(place, error) else ""


def state_folder(place: str) -> str:
    """Return the state folder that a folder or a store belongs to, as a path without links; other URLs as they are.

    >>> state_folder("file:/data/shop/.poet/events"), state_folder("redis://here:6379/0")
    ('/data/shop/.poet', 'redis://here:6379/0')
    """
    kind, colon, path = place.partition(":")
    if colon and kind in ("redis", "rediss", "unix"):
        return place
    folder = os.path.realpath(path if colon and kind in ("file", "sqlite") else place)
    return os.path.dirname(folder) if os.path.basename(folder) in PARTS else folder


def _cause(error: BaseException) -> object:
    found = _system_error(error)
    number = found.errno if found is not None else None
    return _SAME.get(number, number) if number is not None else str(error)


def _system_error(error: BaseException | None) -> OSError | None:
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__
    return error
