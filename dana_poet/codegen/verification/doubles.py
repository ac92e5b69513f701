"""Objects of the host's in examples, such as a client: what a function does with them is asked here and written down.

Both sides get a copy of their own. A request may be made to fail, so that it shows what a function does about that.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dana_poet.codegen.verification.exact import EXACT_TYPES

READS = frozenset(
    "get read fetch list head query search find load lookup select options download describe exists count peek show "
    "view status ping poll retrieve scan iter stream open resolve json text content keys items values".split()
)
"""First words of names of methods that change nothing, so that they may be called again after a failure."""
_HANDED = frozenset({"json", "text", "content", "keys", "items", "values"})
"""Methods that hand out what has come already: they do not fail as a connection does."""
_UNLOGGED = frozenset({"raise_for_status"})
_PLAIN = frozenset({int, float, str, bytes, bool, complex, type(None)}) | EXACT_TYPES
MOST_OBJECTS = 10_000


@dataclass(frozen=True, slots=True)
class Request:
    """One thing that was done to an object: the path of the method, the arguments as text, and whether it failed."""

    path: str
    asked: str
    failed: bool = False

    @property
    def what(self) -> tuple[str, str]:
        """What was asked, whatever came of it."""
        return self.path, self.asked

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, as far as its name tells."""
        name = self.path.rpartition(".")[2].lower().strip("_")
        if name in {"request", "execute"}:
            return self.asked.lstrip("[('\"").lower().startswith(("get", "head", "select", "options"))
        return name.partition("_")[0] in READS or name.endswith(("_get", "_read", "_fetch"))

    @property
    def reaches_out(self) -> bool:
        """Whether it may fail as a connection does."""
        return self.path.rpartition(".")[2] not in _HANDED

    @property
    def done(self) -> str:
        """What is done, for people."""
        return f"sets {self}" if self.asked.startswith(" = ") else f"asks {self}"

    def __str__(self) -> str:
        return f"{self.path}{self.asked}"


@dataclass(slots=True)
class Host:
    """The host's end of one run: the objects by handle, the requests so far, and which of them are to fail.

    `first` is the handle of its first object. `fails` is the number of the request that fails, and of all after it when
    `for_good`. Attributes that are not `known` are written down as requests.
    """

    first: int = 0
    fails: int = -1
    for_good: bool = False
    known: frozenset[str] = frozenset()
    objects: list[tuple[Any, str]] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def marked(self, value: Any, path: str) -> Any:
        """Return an argument as it crosses: plain data as it is, an object as the marker of its handle."""
        if type(value) in _PLAIN:
            return value
        if type(value) in {list, tuple}:
            return type(value)(self.marked(one, f"{path}[{number}]") for number, one in enumerate(value))
        if type(value) is dict:
            return {key: self.marked(one, f"{path}[{key!r}]") for key, one in value.items()}
        if type(value) in {set, frozenset} and all(type(one) in _PLAIN for one in value):
            return value
        return ("\0live", self._handle(value, path))

    def _handle(self, value: Any, path: str) -> int:
        if len(self.objects) >= MOST_OBJECTS:
            raise OverflowError("too many objects")
        self.objects.append((value, path))
        return self.first + len(self.objects) - 1

    def ask(self, handle: int, deed: str, name: str, args: Any, kwargs: Any) -> Any:
        """Do one thing to an object and return the answer as plain data; what it raises is an answer too."""
        try:
            target, path = self.objects[handle - self.first]
            return self._answer(self._done(target, path, deed, name, args, kwargs), f"{path}.{name}" if name else path)
        except Exception as error:  # noqa: BLE001 - whatever the object raises is the program's to handle
            return ["error", _told(error)]

    def _done(self, target: Any, path: str, deed: str, name: str, args: Any, kwargs: Any) -> Any:
        given = [self._own(one) for one in args]
        match deed:
            case "get":
                if name.startswith("_"):
                    raise AttributeError(f"{name} is not available here")
                if name not in self.known:
                    self._log(f"{path}.{name}", " (an attribute)")
                return getattr(target, name)
            case "call":
                return self._requested(target, path, given, {key: self._own(one) for key, one in kwargs.items()})
            case "set":
                self._log(f"{path}.{name}", f" = {_text(given[0])}")
                return setattr(target, name, given[0])
            case "back":
                return self._brought_back(getattr(target, name), f"{path}.{name}", given[0])
            case "put":
                self._log(f"{path}[]", repr(args))
                target[given[0]] = given[1]
                return None
            case _:
                return _PLAIN_DEEDS[deed](target, given)

    def _brought_back(self, held: Any, path: str, value: Any) -> None:
        """Change a container that an object holds as the program has changed its copy."""
        self._log(path, f" = {_text(value)}")
        if isinstance(held, list):
            held[:] = value
        elif isinstance(held, (dict, set)):
            held.clear()
            held.update(value)

    def _requested(self, target: Any, path: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        shown = f"({', '.join([*map(_text, args), *(f'{key}={_text(one)}' for key, one in kwargs.items())])})"
        number = self._log(path, shown)
        if number is not None and (number == self.fails or (self.for_good and number >= self.fails >= 0)):
            self._failed(number)
            raise ConnectionError("the connection was lost")
        try:
            found = target(*args, **kwargs)
            if inspect.isawaitable(found):
                return _Awaited(self._settled(found, number))
        except Exception:
            if number is not None:
                self._failed(number)
            raise
        return found

    def _settled(self, waiting: Any, number: int | None) -> Callable[[], Any]:
        try:
            value = in_loop(waiting)
        except Exception as error:  # noqa: BLE001 - it is raised where the program awaits
            if number is not None:
                self._failed(number)
            kept = error

            def again() -> Any:
                raise kept

            return again
        return lambda: value

    def _log(self, path: str, asked: str) -> int | None:
        if path.rpartition(".")[2] in _UNLOGGED:
            return None
        self.requests.append(Request(path, asked))
        return len(self.requests) - 1

    def _failed(self, number: int) -> None:
        one = self.requests[number]
        self.requests[number] = Request(one.path, one.asked, failed=True)

    def _own(self, value: Any) -> Any:
        """Return an argument of the program's with objects for their handles."""
        if type(value) is tuple and len(value) == 2 and value[0] == "\0live":
            return self.objects[value[1] - self.first][0]
        if type(value) in {list, tuple}:
            return type(value)(self._own(one) for one in value)
        if type(value) is dict:
            return {key: self._own(one) for key, one in value.items()}
        return value

    def _answer(self, value: Any, path: str) -> list[Any]:
        if isinstance(value, _Awaited):
            try:
                return ["wait", self._answer(value.value(), f"{path}()")]
            except Exception as error:  # noqa: BLE001
                return ["wait", ["error", _told(error)]]
        if is_plain(value):
            return ["value", value]
        if type(value) in {list, tuple}:
            return ["lives", [self._answer(one, f"{path}[]") for one in value]]
        path = path if path.endswith("()") or callable(value) else f"{path}()"
        return ["live", [self._handle(value, path), path]]


@dataclass(frozen=True, slots=True)
class _Awaited:
    value: Callable[[], Any]


def _items(target: Any, _: Any) -> list[Any]:
    if hasattr(target, "__aiter__"):

        async def all_of() -> list[Any]:
            return [one async for one in target]

        return list(in_loop(all_of()))
    found = []
    for one in target:
        found.append(one)
        if len(found) >= 1000:
            break
    return found


def _enter(target: Any, _: Any) -> Any:
    return in_loop(target.__aenter__()) if hasattr(target, "__aenter__") else target.__enter__()


def _exit(target: Any, given: list[Any]) -> Any:
    error = RuntimeError(given[0]) if given and given[0] else None
    details = (type(error) if error else None, error, None)
    found = in_loop(target.__aexit__(*details)) if hasattr(target, "__aexit__") else target.__exit__(*details)
    return bool(found)


_PLAIN_DEEDS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "item": lambda target, given: target[given[0]],
    "has": lambda target, given: given[0] in target,
    "len": lambda target, _: len(target),
    "bool": lambda target, _: bool(target),
    "str": lambda target, _: str(target) if "__str__" in vars(type(target)) else type(target).__name__,
    "list": _items,
    "enter": _enter,
    "exit": _exit,
}


def in_loop(waiting: Any) -> Any:
    """Return what an awaitable comes to, from a loop in a thread of its own: the caller may have one already."""
    found: list[Any] = []

    async def all_of() -> Any:
        return await waiting

    def work() -> None:
        try:
            found.extend((True, asyncio.run(asyncio.wait_for(all_of(), 5.0))))
        except BaseException as error:  # noqa: BLE001 - it is raised in the thread that asks
            found.extend((False, error))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(6.0)
    if not found:
        raise TimeoutError("an awaitable did not end")
    if not found[0]:
        raise found[1]
    return found[1]


def is_plain(value: object, depth: int = 0) -> bool:
    """Whether a value can be written down and sent into the sandbox.

    >>> is_plain([1, {"a": None}]), is_plain(object())
    (True, False)
    """
    if type(value) in _PLAIN:
        return True
    if depth > 40:
        return False
    if type(value) is list or type(value) is tuple or type(value) is set or type(value) is frozenset:
        return all(is_plain(one, depth + 1) for one in value)
    if type(value) is dict:
        return all(is_plain(key, depth + 1) and is_plain(one, depth + 1) for key, one in value.items())
    return False


def own_copy(value: Any) -> Any:
    """Return a copy for one side; what cannot be copied is shared."""
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - locks, sockets and the like
        return value


def _told(error: BaseException) -> list[Any]:
    from dana_poet.codegen.verification.driver import NAMED_ERRORS

    bases = [kind.__name__ for kind in type(error).__mro__ if kind in NAMED_ERRORS]
    args = [one if is_plain(one) else str(one) for one in error.args]
    return [type(error).__name__, bases, args]


def _text(value: Any) -> str:
    return repr(value) if is_plain(value) else f"<{type(value).__name__}>"
