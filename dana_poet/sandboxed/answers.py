"""The host's reading of what a worker says about a program: each part is looked at, and an error becomes one of ours.

The worker may be in the hands of the program. It can say that the program failed in any way; it cannot make this
side show a file that the program was not given, nor raise anything but errors of known classes.
"""

from __future__ import annotations

import builtins
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.span import Span
from dana_poet import errors
from dana_poet.errors import DanaError, LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.tracebacks import Failure

MOST = 1_000_000
LONGEST_TEXT = 20_000
TABLE = {code: f"\\x{code:02x}" for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}
"""Control characters in messages are shown as what they are: a terminal must not obey them."""

NATIVE = frozenset(
    "ArithmeticError AssertionError AttributeError BufferError ConnectionError EOFError FileNotFoundError "
    "FloatingPointError ImportError IndexError KeyError LookupError ModuleNotFoundError NameError NotImplementedError "
    "OSError OverflowError PermissionError RecursionError ReferenceError RuntimeError StopIteration TimeoutError "
    "TypeError UnboundLocalError UnicodeError ValueError ZeroDivisionError Exception".split()
)
"""Python's errors that a program may end with; any other becomes a DanaError that names it."""


CODE = re.compile(r"D[0-9]{4}")


class BadAnswer(Exception):  # noqa: N818 - it says what the answer is
    """The worker said something that is no answer."""


def take(data: object, name: str, kind: type | tuple[type, ...]) -> Any:
    """Return a part of an answer that has to be of one kind. BadAnswer otherwise."""
    if type(data) is not dict or name not in data or not isinstance(data[name], kind):
        raise BadAnswer(name)
    return data[name]


def text(data: object, name: str) -> str:
    """Return a text of an answer, harmless for a terminal."""
    found: str = take(data, name, str)
    return clean(found)


def clean(found: str) -> str:
    """Return a text without control characters, cut where it is very long."""
    return found[:LONGEST_TEXT].translate(TABLE)


def texts(data: object, name: str) -> list[str]:
    """Return a list of texts of an answer."""
    found: list[object] = take(data, name, list)
    if not all(type(one) is str for one in found):
        raise BadAnswer(name)
    return [clean(str(one)) for one in found[:1000]]


def span(found: object) -> Span:
    """Return a place: four numbers that are none too large."""
    if type(found) is not list or len(found) != len(Span._fields):
        raise BadAnswer("span")
    if not all(type(one) is int and 0 < one < MOST * 100 for one in found):
        raise BadAnswer("span")
    return Span(*found)


class Reader:
    """Reads answers about one program. `real` gives the real path of a file that the program was given, else None."""

    def __init__(self, real: Callable[[str], str | None]) -> None:
        self._real = real

    def file(self, data: object) -> str:
        """Return a file as users know it. What the program was never given is not named."""
        found: str = take(data, "file", str)
        return self._real(found) or "<sandbox>"

    def diagnostic(self, data: object) -> Diagnostic:
        """Return one diagnostic."""
        code: str = take(data, "code", str)
        if not CODE.fullmatch(code):
            raise BadAnswer("code")
        severity = take(data, "severity", str)
        if severity not in {"error", "warning", "note"}:
            raise BadAnswer("severity")
        related = [(span(place), clean(str(said))) for place, said in map(_pair, take(data, "related", list)[:20])]
        return Diagnostic(
            code=code, message=text(data, "message"), hint=text(data, "hint"), severity=severity,
            file=self.file(data), span=span(take(data, "span", list)), related=tuple(related),
        )  # fmt: skip

    def failure(self, data: object, depth: int = 0) -> Failure:
        """Return a failure as reports show it."""
        from dana_poet.runtime.tracebacks import Failure

        failure = object.__new__(Failure)
        failure.kind = text(data, "kind")
        failure.calls = [self._call(one) for one in take(data, "calls", list)[:2000]]
        failure.diagnostics = tuple(self.diagnostic(one) for one in take(data, "diagnostics", list)[:200])
        failure.notes = texts(data, "notes")
        failure.cause_is_meant = take(data, "cause_is_meant", bool)
        cause = take(data, "cause", (dict, type(None)))
        failure.cause = self.failure(cause, depth + 1) if cause is not None and depth < 20 else None
        if not failure.diagnostics:
            raise BadAnswer("diagnostics")
        return failure

    def _call(self, data: object) -> Any:
        return ToldFrame(self.file(data), span(take(data, "span", list)), text(data, "where"))

    def error(self, data: object) -> BaseException:
        """Return the error that a program ended with, of a class that hosts know."""
        failure = self.failure(take(data, "failure", dict))
        classes, message = texts(data, "classes"), text(data, "message")
        if "DanaSourceError" in classes:
            return DanaSourceError(failure.diagnostics)
        error = _made(classes, message, text(data, "hint"), failure)
        error.__dana_failure__ = failure  # type: ignore[attr-defined]  # what reports show in place of a traceback
        error.add_note(failure.text())
        return error

    def event(self, data: object) -> Any:
        """Return an event that the program emitted."""
        from dana_poet.runtime.event_values import Event

        when = take(data, "time", datetime)
        return Event(text(data, "type"), take(data, "payload", object), id=text(data, "id"), time=when)


def _pair(found: object) -> tuple[object, object]:
    if type(found) is not list or len(found) != 2:
        raise BadAnswer("pair")
    return found[0], found[1]


def _made(classes: list[str], message: str, hint: str, failure: Failure) -> BaseException:
    code = failure.diagnostics[-1].code
    for name in classes:
        kind = getattr(errors, name, None)
        if isinstance(kind, type) and issubclass(kind, DanaError) and not issubclass(kind, LimitError):
            made = kind(message, hint=hint)  # what else its class takes does not cross
            made.code = code
            return made
        if name in NATIVE:
            if name != classes[0] and name == "Exception":
                break
            native: BaseException = getattr(builtins, name)(message)
            return native
    return DanaError(f"{classes[0] if classes else 'an error'}: {message}", hint=hint, code=code)


class ToldFrame:
    """A call that led to a failure, as the worker tells it. The line itself is read here, from the file."""

    __slots__ = ("file", "span", "where")

    def __init__(self, file: str, place: Span, where: str) -> None:
        self.file, self.span, self.where = file, place, where

    @property
    def line(self) -> str:
        """The source line of the call."""
        import linecache

        return linecache.getline(self.file, self.span.line)
