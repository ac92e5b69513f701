"""Stand-ins inside the sandbox: objects of the host's, waits that take no time, and asyncio for code without await.

As `driver`, this text is put into the sandboxed program under names that the candidate cannot know.
"""

from __future__ import annotations

from typing import Any

from dana_poet.codegen.verification.driver import NAMED_ERRORS, one_text


def ask(_handle: int, _deed: str, _name: str, _args: Any, _kwargs: Any) -> Any:
    """Ask the host to do something with an object of its; programs get this as a capability."""
    return None


class Waiting:
    """What an asynchronous method returns before it is awaited."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer


class Live:
    """An object of the host's. Everything that is done with it is asked of the host and written down there."""

    __slots__ = ("handle", "path")

    def __init__(self, handle: int, path: str) -> None:
        object.__setattr__(self, "handle", handle)
        object.__setattr__(self, "path", path)

    def __getattr__(self, name: str) -> Any:
        if (self.handle, name) in held:
            return held[self.handle, name][0]
        found = answered(ask(self.handle, "get", name, [], {}))
        if type(found) in (list, dict, set):
            held[self.handle, name] = [found, one_text(found)]
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        settled()
        answered(ask(self.handle, "set", name, [sent(value)], {}))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Have the host call it."""
        settled()
        return answered(
            ask(self.handle, "call", "", [sent(one) for one in args], {k: sent(v) for k, v in kwargs.items()})
        )

    def __getitem__(self, key: Any) -> Any:
        return answered(ask(self.handle, "item", "", [sent(key)], {}))

    def __setitem__(self, key: Any, value: Any) -> None:
        settled()
        answered(ask(self.handle, "put", "", [sent(key), sent(value)], {}))

    def __contains__(self, key: Any) -> bool:
        return bool(answered(ask(self.handle, "has", "", [sent(key)], {})))

    def __len__(self) -> int:
        return int(answered(ask(self.handle, "len", "", [], {})))

    def __bool__(self) -> bool:
        return bool(answered(ask(self.handle, "bool", "", [], {})))

    def __str__(self) -> str:
        return str(answered(ask(self.handle, "str", "", [], {})))

    def __eq__(self, other: object) -> bool:
        return type(other) is Live and other.handle == self.handle

    def __hash__(self) -> int:
        return hash(self.handle)

    def __iter__(self) -> Any:
        return iter(answered(ask(self.handle, "list", "", [], {})))

    def __enter__(self) -> Any:
        return answered(ask(self.handle, "enter", "", [], {}))

    def __exit__(self, kind: Any, error: Any, trace: Any) -> Any:  # noqa: PYI036 - annotations are taken out
        return answered(ask(self.handle, "exit", "", [kind.__name__ if kind else None], {}))


held: Any = {}
"""Containers that objects of the host's hold, as they came and as text: by handle and name."""


def settled() -> None:
    """Tell the host of such containers that were changed here, before anything else is done with its objects."""
    for place in list(held):
        value, before = held.pop(place)
        if one_text(value) != before:
            answered(ask(place[0], "back", place[1], [sent(value)], {}))


def live(handle: int) -> Any:
    """Return the stand-in for an object of the host's."""
    return Live(handle, str(handle % 10000))


def sent(value: Any) -> Any:
    """Return an argument as it goes to the host: stand-ins become the handle of what they stand for."""
    kind = type(value)
    if kind is Live:
        return ("\0live", value.handle)
    if kind is list:
        return [sent(one) for one in value]
    if kind is tuple:
        return tuple([sent(one) for one in value])
    if kind is dict:
        return {key: sent(one) for key, one in value.items()}
    return value


def answered(answer: Any) -> Any:
    """Return what the host answered, or raise it."""
    kind, value = answer
    if kind == "live":
        return Live(value[0], value[1])
    if kind == "lives":
        return [answered(one) for one in value]
    if kind == "wait":
        return Waiting(value)
    if kind == "error":
        raise raised(value)
    return value


def raised(told: Any) -> BaseException:
    """Return an exception as the host's, of a class with the same name and the nearest builtin base."""
    name, bases, args = told
    by_name = {kind.__name__: kind for kind in NAMED_ERRORS}
    if name in by_name:
        return by_name[name](*args)
    base: Any = by_name[bases[0]] if bases else Exception

    class Foreign(base):  # type: ignore[misc]
        pass

    Foreign.__name__ = name
    return Foreign(*args)


def awaited(value: Any) -> Any:
    """Do what `await` does."""
    return answered(value.answer) if type(value) is Waiting else value


def nap(*_args: Any, **_kwargs: Any) -> None:
    """Wait without waiting."""


class Quiet:
    """A context that does nothing, for asyncio.timeout, locks and semaphores."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_args: object) -> Any:
        return None


class Loop:
    """The part of asyncio that code without a loop can have: everything is done at once, in order."""

    TimeoutError = TimeoutError
    CancelledError = KeyboardInterrupt
    FIRST_COMPLETED = "FIRST_COMPLETED"
    ALL_COMPLETED = "ALL_COMPLETED"

    def sleep(self, _seconds: float, result: Any = None) -> Any:
        """Wait without waiting."""
        return result

    def wait_for(self, one: Any, timeout: float | None = None) -> Any:  # noqa: ARG002 - the name is asyncio's
        """Return what is awaited; nothing takes long here."""
        return awaited(one)

    def shield(self, one: Any) -> Any:
        """Return what is awaited."""
        return awaited(one)

    def create_task(self, one: Any) -> Any:
        """Return what is awaited, at once."""
        return one

    def ensure_future(self, one: Any) -> Any:
        """Return what is awaited, at once."""
        return one

    def gather(self, *many: Any, return_exceptions: bool = False) -> Any:
        """Return all results in order."""
        found: list[Any] = []
        for one in many:
            try:
                found.append(awaited(one))
            except Exception as error:
                if not return_exceptions:
                    raise
                found.append(error)
        return found

    def timeout(self, _seconds: Any) -> Any:
        """Return a context that never ends early."""
        return Quiet()

    def Semaphore(self, _count: int = 1) -> Any:  # noqa: N802 - the name of asyncio's
        """Return a context that never waits."""
        return Quiet()

    def Lock(self) -> Any:  # noqa: N802
        """Return a context that never waits."""
        return Quiet()
