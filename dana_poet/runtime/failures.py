"""Errors as a Dana program sees them: `raise "text"`, `except E as e` with `e.type` and `e.message`."""

from __future__ import annotations

from typing import Any

from dana_poet.errors import DanaError

SAID = "__dana_said__"
"""Marks a KeyError that a program raised itself: what it holds is a message, and no key that was looked for."""


class Finished(BaseException):
    """Ends a program; `value` is its result."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class Caught:
    """An error in an `except ... as e` block: prints as `Class: message`."""

    __slots__ = ("error",)

    def __init__(self, error: BaseException) -> None:
        self.error = error

    @property
    def type(self) -> str:
        """The name of the error's class."""
        return type(self.error).__name__

    @property
    def message(self) -> str:
        """What the error says, without its class."""
        return message_of(self.error)

    @property
    def hint(self) -> str:
        """What to do about it, when that is known."""
        return str(getattr(self.error, "hint", ""))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.error, name)

    @property  # type: ignore[misc]  # object's own may be assigned
    def __class__(self) -> Any:  # makes isinstance(e, ValueError) true for a caught ValueError
        return type(self.error)

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type

    def __repr__(self) -> str:
        return f"{self.type}({self.message!r})"

    def __eq__(self, other: object) -> bool:
        return (other.error if type(other) is Caught else other) is self.error

    def __hash__(self) -> int:
        return hash(self.error)

    def __contains__(self, text: str) -> bool:
        return text in str(self)


def message_of(error: BaseException) -> str:
    """Return what an error says in the user's terms."""
    if isinstance(error, DanaError):
        return error.message
    if isinstance(error, KeyError) and len(error.args) == 1:
        return str(error.args[0]) if hasattr(error, SAID) else f"no key {error.args[0]!r}"
    if type(error) is AttributeError and error.name and error.obj is not None:
        from dana_poet.runtime.members import missing_member

        return missing_member(error.obj, error.name).message
    return str(error)


def caught(error: BaseException) -> Caught:
    """Return what `e` is in `except E as e`."""
    return Caught(error)


def error(value: Any) -> BaseException:
    """Return what `raise value` raises: text becomes a RuntimeError."""
    if type(value) is Caught:
        inner: BaseException = value.error
        return inner
    if isinstance(value, str):
        return RuntimeError(str(value))
    if isinstance(value, BaseException):
        if isinstance(value, KeyError):
            setattr(value, SAID, True)
        return value
    if isinstance(value, type) and issubclass(value, BaseException):
        return value()
    return RuntimeError(str(value))


def cause(value: Any) -> BaseException | None:
    """Return what `raise ... from value` gives as the cause."""
    return None if value is None else error(value)
