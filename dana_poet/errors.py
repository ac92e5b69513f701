"""What dana_poet raises on purpose: every class names a mistake that a user can mend, with code, hint and place."""

from __future__ import annotations

import os
import sys
import warnings
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from dana_grammar.span import Span

_OURS = (os.path.dirname(os.path.abspath(__file__)) + os.sep, "<poet ")
"""What the files begin with in which a user's mistake is never: this package, and the stages made for a function."""


class DanaError(Exception):
    """Base of everything dana_poet raises on purpose.

    `code` is the stable diagnostic code, `hint` what to do about it, `span` and `file` the place in the Dana text
    where the error was made, when it is known better than the traceback knows it.
    """

    code = "D2000"

    def __init__(
        self, message: str, *, hint: str = "", code: str = "", span: Span | None = None, file: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.span = span
        self.file = file
        if code:
            self.code = code


class DanaNameError(DanaError, NameError):
    """A name has no value here."""

    code = "D1001"


class DanaTypeError(DanaError, TypeError):
    """A value has the wrong type and cannot be coerced."""

    code = "D2001"


class DanaValueError(DanaError, ValueError):
    """A value has the right type and cannot be used."""

    code = "D2002"


class DanaAttributeError(DanaError, AttributeError):
    """A value has no such field, member or method."""

    code = "D2003"


class DanaCallError(DanaTypeError):
    """A call does not fit the parameters of what is called."""

    code = "D2004"


class DanaImportError(DanaError, ImportError):
    """A module cannot be found, read or imported."""

    code = "D2005"


class DanaPipelineError(DanaError):
    """A pipeline is put together or used wrongly. A failing stage keeps its own error; see `stage_notes`."""

    code = "D2006"


class PolicyError(DanaError):
    """The program's policy does not allow this."""

    code = "D4001"


class LimitError(DanaError):
    """The sandbox ended the program: it took too long, or too much memory, or printed too much."""

    code = "D4002"


class PoetValidationError(DanaValueError):
    """An input or a result of a `@poet` function is not what its hints and constraints say.

    `parameter` is its name, `return` for the result; `expected` says what it takes, `value` is what was given.
    """

    code = "D3001"

    def __init__(
        self, message: str, *, parameter: str = "", value: object = None, expected: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.parameter, self.value, self.expected = parameter, value, expected


class PoetTimeoutError(DanaError, TimeoutError):
    """A `@poet` function did not finish within its `timeout`."""

    code = "D3003"


class PoetCircuitOpenError(DanaError, ConnectionError):
    """A `@poet` function failed so often that it is left alone for a while. `wait` is for how long, in seconds."""

    code = "D3005"

    def __init__(self, message: str, *, wait: float = 0.0, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.wait = wait


class PoetOptionError(DanaValueError):
    """An option of `@poet` is misspelt or has a value that makes no sense. Its text has the hint: Python shows no other.

    >>> print(PoetOptionError("@poet has no option 'retires'", hint="did you mean 'retries'?"))
    @poet has no option 'retires' (did you mean 'retries'?)
    """

    code = "D3002"

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class LLMError(DanaError):
    """A language model could not be asked or did not answer usably.

    `reason` is a stable slug such as "rate_limited" (empty where nobody knows), `passing` whether asking again may
    help, `wait_seconds` how long the server asks to wait, `status` its HTTP status, 0 without one.
    """

    code = "D2010"
    reason = ""
    passing = False
    wait_seconds: float | None = None
    status = 0


class LLMNotConfigured(LLMError):  # noqa: N818 - the name users read in the specification
    """No language model is configured."""

    code = "D2011"


class SettingsError(DanaError):
    """`dana.toml`, `[tool.dana-poet]` or a `DANA_*` variable says something that makes no sense."""

    code = "D2012"


class StateError(DanaError):
    """Persistent state cannot be read or written."""

    code = "D2013"


class UsageError(DanaError):
    """The command line or an API call was given arguments that make no sense. Exit code 2."""

    code = "D2014"


class EventError(DanaValueError):
    """An event is not what its type says, or its payload is no plain data. The message starts with the field."""

    code = "D3020"


class EventStoreError(StateError):
    """Events cannot be read or written. What was not written waits in memory where the message says so."""

    code = "D2015"


class LeaseLostError(EventStoreError):
    """Events were acknowledged too late: `events` were claimed by somebody else meanwhile, or are acknowledged already."""

    code = "D2016"
    events: tuple[object, ...] = ()


class PoetWarning(UserWarning):
    """Something that POET does beside the call failed; the call itself went on."""


working_for: ContextVar[object] = ContextVar("dana_poet_working_for", default=None)
"""The function for which a thread of this package works: no line of the user's program has led there."""


def warn(message: str, about: object = None) -> None:
    """Give a PoetWarning that points at the line of the user's program that led here, not at this package.

    In a thread of this package it points at the function that it is about, `about` or `working_for`.

    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     warn("the disk is full; the call went on")
    >>> told[0].category.__name__
    'PoetWarning'
    """
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the documented way to the caller, without loading `inspect`
    level = 2
    while frame is not None and frame.f_code.co_filename.startswith(_OURS):
        frame = frame.f_back
        level += 1
    if frame is None or frame.f_globals.get("__name__") in ("threading", "concurrent.futures.thread"):
        code = getattr(about or working_for.get(), "__code__", None)
        if code is not None:
            scope = getattr(about or working_for.get(), "__globals__", {})
            seen, module = scope.setdefault("__warningregistry__", {}), scope.get("__name__")
            warnings.warn_explicit(message, PoetWarning, code.co_filename, code.co_firstlineno, module, seen)
            return
    warnings.warn(message, PoetWarning, stacklevel=level if frame is not None else 2)
