"""`logging` for programs: lines like `WARNING:name:message` in the call's output. Nothing of the real one is loaded.

Handlers and formats are accepted and ignored; a message is formatted with `%` and nothing else.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_sandbox.facades.state import State

_LEVELS = {"CRITICAL": 50, "ERROR": 40, "WARNING": 30, "INFO": 20, "DEBUG": 10, "NOTSET": 0}
_SYNONYMS = {"FATAL": 50, "WARN": 30}
_NAMES = {number: name for name, number in _LEVELS.items()}


def level_number(level: object) -> int:
    """Return the number of a level that is given as a number or by its name.

    >>> level_number("INFO"), level_number(35)
    (20, 35)
    """
    if type(level) is int:
        return level
    if not isinstance(level, str):
        raise TypeError(f"Level not an integer or a valid string: {level!r}")
    known = {**_LEVELS, **_SYNONYMS}
    if level not in known:
        raise ValueError(f"Unknown level: {level!r}")
    return known[level]


class Logger:
    """Writes messages of its level and above into the call's output."""

    __module__ = "logging"
    __slots__ = ("_handlers", "_write", "disabled", "level", "name", "parent", "propagate")

    def __init__(self, name: str, level: object = 0) -> None:
        self.name, self.level, self.parent = str(name), level_number(level), None
        self.propagate, self.disabled = True, False
        self._handlers: list[object] = []
        self._write: Callable[[int, str], object] = _nowhere

    def setLevel(self, level: object) -> None:  # noqa: N802 - the library's name
        """Take messages from `level` on."""
        self.level = level_number(level)

    def getEffectiveLevel(self) -> int:  # noqa: N802 - the library's name
        """Return this logger's level, or its parents'."""
        logger: Any = self
        while logger is not None:
            if logger.level:
                return int(logger.level)
            logger = logger.parent
        return 0

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the library's name
        """Whether a message of `level` would be written."""
        return not self.disabled and level >= self.getEffectiveLevel()

    def log(self, level: int, msg: object, *args: Any, **options: Any) -> None:
        """Write a message when its level is high enough."""
        if type(level) is not int:
            raise TypeError("level must be an integer")
        if self.isEnabledFor(level):
            self._write(level, f"{getLevelName(level)}:{self.name}:{_message(msg, args)}\n{_failure(options)}")

    def debug(self, msg: object, *args: Any, **options: Any) -> None:
        """Write a message of level DEBUG."""
        self.log(10, msg, *args, **options)

    def info(self, msg: object, *args: Any, **options: Any) -> None:
        """Write a message of level INFO."""
        self.log(20, msg, *args, **options)

    def warning(self, msg: object, *args: Any, **options: Any) -> None:
        """Write a message of level WARNING."""
        self.log(30, msg, *args, **options)

    def error(self, msg: object, *args: Any, **options: Any) -> None:
        """Write a message of level ERROR."""
        self.log(40, msg, *args, **options)

    def critical(self, msg: object, *args: Any, **options: Any) -> None:
        """Write a message of level CRITICAL."""
        self.log(50, msg, *args, **options)

    def exception(self, msg: object, *args: Any, exc_info: Any = True, **options: Any) -> None:
        """Write a message of level ERROR, and the exception that is being handled."""
        self.log(40, msg, *args, exc_info=exc_info, **options)

    warn, fatal = warning, critical

    @property
    def handlers(self) -> list[object]:
        """The handlers that were added; they are not asked."""
        return list(self._handlers)

    def addHandler(self, hdlr: object) -> None:  # noqa: N802 - the library's name
        """Remember a handler."""
        if hdlr not in self._handlers:
            self._handlers.append(hdlr)

    def removeHandler(self, hdlr: object) -> None:  # noqa: N802 - the library's name
        """Forget a handler."""
        if hdlr in self._handlers:
            self._handlers.remove(hdlr)

    def hasHandlers(self) -> bool:  # noqa: N802 - the library's name
        """Whether a handler was added."""
        return bool(self._handlers)

    def addFilter(self, filter: object) -> None:  # noqa: A002, N802 - the library's names
        """Do nothing: filters are not asked."""

    def __deepcopy__(self, memo: object) -> Logger:
        """Return the logger itself, as the library does: a copier is shown all that it copies."""
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a logger cannot be pickled")

    def __copy__(self) -> Logger:
        return self

    def __repr__(self) -> str:
        return f"<Logger {self.name} ({getLevelName(self.getEffectiveLevel())})>"


class StreamHandler:
    """Accepted and ignored: everything goes into the call's output."""

    __module__ = "logging"
    __slots__ = ()

    def __init__(self, stream: object = None) -> None:
        """Ignore the stream."""

    def setLevel(self, level: object) -> None:  # noqa: N802 - the library's name
        """Check the level and ignore it."""
        level_number(level)

    def setFormatter(self, fmt: object) -> None:  # noqa: N802 - the library's name
        """Ignore the format."""

    def addFilter(self, filter: object) -> None:  # noqa: A002, N802 - the library's names
        """Ignore the filter."""

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def close(self) -> None:
        """Do nothing."""


class NullHandler(StreamHandler):
    """Accepted and ignored."""

    __module__ = "logging"
    __slots__ = ()


def getLevelName(level: object) -> object:  # noqa: N802 - the library's name
    """Return the name of a level number, or the number of a level name.

    >>> getLevelName(20), getLevelName("INFO"), getLevelName(15)
    ('INFO', 20, 'Level 15')
    """
    if isinstance(level, str):
        return {**_LEVELS, **_SYNONYMS}.get(level, f"Level {level}")
    return _NAMES.get(level, f"Level {level}") if type(level) is int else f"Level {level}"


def _nowhere(level: int, line: str) -> None:
    """Write nothing: a logger that `getLogger` has not made belongs to no call."""


def _message(msg: object, args: tuple[Any, ...]) -> str:
    text = str(msg)
    if not args:
        return text
    values = args[0] if len(args) == 1 and isinstance(args[0], dict) and args[0] else args
    return text % values


def _failure(options: Mapping[str, Any]) -> str:
    given = options.get("exc_info")
    if not given:
        return ""
    error = given if isinstance(given, BaseException) else sys.exc_info()[1]
    return f"{type(error).__name__}: {error}\n" if error is not None else "NoneType: None\n"


class _Tree:
    """The loggers of one call, by their dotted names."""

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("the loggers of a call cannot be copied")

    def __init__(self, state: State) -> None:
        self.state, self.disabled = state, 0
        self.root = Logger("root", 30)
        self.root._write = self.write  # noqa: SLF001 - the tree and its loggers are one thing
        self.loggers: dict[str, Logger] = {}

    def write(self, level: int, line: str) -> None:
        if level > self.disabled:
            self.state.output.write(line)

    def get(self, name: str | None = None) -> Logger:
        """Return the logger of `name`, the root without one."""
        if not name or name == "root":
            return self.root
        if not isinstance(name, str):
            raise TypeError("A logger name must be a string")
        if name not in self.loggers:
            logger: Any = Logger(name)
            logger._write = self.write  # noqa: SLF001 - the tree and its loggers are one thing
            logger.parent = self.get(name.rpartition(".")[0])
            self.loggers[name] = logger
        return self.loggers[name]


def logging_exports(state: State) -> Mapping[str, object]:
    """Return what the program finds in `logging`: loggers of this call."""
    tree = _Tree(state)
    root = tree.root

    def getLogger(name: str | None = None) -> Logger:  # noqa: N802 - the library's name
        """Return the logger of a dotted name, the root without one."""
        return tree.get(name)

    def basicConfig(*, level: object = None, **_ignored: Any) -> None:  # noqa: N802 - the library's name
        """Set the root's level; formats, files and handlers are ignored."""
        if level is not None:
            root.setLevel(level)

    def disable(level: object = 50) -> None:
        """Write nothing of `level` and below."""
        tree.disabled = level_number(level)

    plain = ("critical", "debug", "error", "exception", "fatal", "info", "log", "warn", "warning")
    return {
        **_LEVELS,
        **_SYNONYMS,
        **{name: getattr(root, name) for name in plain},
        "Logger": Logger,
        "NullHandler": NullHandler,
        "StreamHandler": StreamHandler,
        "basicConfig": basicConfig,
        "disable": disable,
        "getLevelName": getLevelName,
        "getLogger": getLogger,
    }
