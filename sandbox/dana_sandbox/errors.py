"""What a program raised, as text that may be logged and shown: short, on one line, without addresses or host paths.

The child describes, the host cleans once more: a child that has been taken over may send anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType, TracebackType

MESSAGE = 500
_NAME = 100
_RAW = 4 * MESSAGE
_STEPS = 20

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,16}\b")
_PATH = re.compile(
    r"(?<![\w/.:~-])(?:/(?:bin|boot|dev|etc|home|lib\w*|mnt|opt|private|proc|root|run|sbin|snap|srv|sys|tmp|usr|var"
    r"|Applications|Library|System|Users|Volumes|work\w*|builds?|data|app|code|src)(?=/)|[A-Za-z]:\\)[^\s\x00-\x1f\x7f'\"<>|:;,()\[\]{}]*"
)
# What moves the cursor, turns the text around or is not seen at all.
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    r"\ufff9-\ufffb\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def scrub(text: str, limit: int = MESSAGE) -> str:
    r"""Return `text` fit for a log and a prompt.

    >>> scrub("<f at 0x7f1234567890> in /usr/lib/x.py\n")
    '<f at 0x...> in <path>\\n'
    """
    text = text[: 4 * limit]
    text = _PATH.sub("<path>", _ADDRESS.sub("0x...", text))
    text = printable(text)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def printable(text: str) -> str:
    r"""Return `text` with escapes for what a terminal obeys and a reader does not see.

    >>> printable("a\x1b[31m")
    'a\\x1b[31m'
    """
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def scrub_name(text: str) -> str:
    """Return the name of a class or function as it may be shown."""
    return scrub(text, _NAME)


def describe(error: BaseException, filename: str) -> list[object]:
    """Return the class name, the message and the program's own steps of an exception. For the child.

    Runs `__str__` of a class that the program may have written: it may raise anything, and loop until the deadline.
    """
    return [scrub_name(type(error).__name__), scrub(message_of(error)), own_steps(error, filename)]


def message_of(error: BaseException) -> str:
    """Return what the exception says, an empty text when it cannot say it."""
    try:
        text = str(error)
        return str.__getitem__(text, slice(0, _RAW))  # exact str, whatever subclass __str__ gave
    except BaseException:  # noqa: BLE001 - it is the program's own method
        return "(its message could not be made)"


def own_steps(error: BaseException, filename: str) -> list[object]:
    """Return `[line, function]` of each step of the traceback that is in the untrusted file, at most 20."""
    steps: list[object] = []
    step: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)  # not a class's own
    while step is not None:
        code: CodeType = step.tb_frame.f_code
        if code.co_filename == filename:
            steps.append([step.tb_lineno, scrub_name(code.co_qualname)])
            if len(steps) > 2 * _STEPS:
                del steps[_STEPS // 2 : _STEPS // 2 + _STEPS]
        step = step.tb_next
    return steps if len(steps) <= _STEPS else steps[: _STEPS // 2] + steps[-_STEPS // 2 :]
