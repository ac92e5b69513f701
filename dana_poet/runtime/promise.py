"""Promises: values that are still being made, and behave like the value wherever they are used (LANGUAGE, section 11).

`spawn` starts a function in a thread of its own and returns at once. The first use of the promise waits; where the
function failed, every use raises its error. This module is loaded when a program makes its first promise.

What looks at types below Python's level - `type(p)`, `json.dumps`, `"".join` - sees the promise: give it `force(p)`
(`json.dumps(p, default=force)`).
"""

from __future__ import annotations

import contextvars
import math
import operator
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, DanaTypeError
from dana_poet.runtime import operators, place
from dana_poet.runtime.truth import truth

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import CodeType, FrameType, TracebackType

WAIT_SECONDS = 1.0
"""How long a wait lasts before it is renewed: on some systems only a wait that ends can be interrupted from the keyboard."""


class Work:
    """What a promise waits for: a function in its thread, then its value or its error."""

    __slots__ = (
        "__weakref__",
        "done",
        "error",
        "label",
        "origin",
        "place",
        "runs_in",
        "seen",
        "traceback",
        "value",
        "waits_for",
        "watchers",
    )

    def __init__(self, label: str) -> None:
        self.label = label
        self.origin = _origin()
        self.place: place.Place | None = None
        self.runs_in = 0
        self.done = threading.Event()
        self.value: object = None
        self.error: BaseException | None = None
        self.traceback: TracebackType | None = None
        self.seen = False
        self.waits_for: Work | None = None
        self.watchers: list[Callable[[], object]] = []

    def run(self, function: Callable[..., object], args: tuple[object, ...]) -> None:
        """Call `function` and keep what comes of it."""
        outer, _current.work = getattr(_current, "work", None), self
        self.runs_in = threading.get_ident()
        try:
            self.value = force(function(*args))
        except BaseException as error:  # noqa: BLE001 - it is raised where the promise is used
            self.error, self.traceback = error, error.__traceback__
            if self.origin is not None and not hasattr(error, "__dana_origin__"):
                error.__dana_origin__ = self.origin  # type: ignore[attr-defined]  # read by reports of errors
        finally:
            _current.work = outer
            self._finish()

    def _finish(self) -> None:
        with _lock:
            self.done.set()
            watchers, self.watchers = self.watchers, []
            if self.error is None:
                _open.pop(self, None)
        for watcher in watchers:
            watcher()

    def result(self) -> object:
        """Wait, then return the value or raise the error with its own traceback."""
        if not self.done.is_set():
            self._wait()
        if self.error is None:
            return self.value
        self.seen = True
        with _lock:
            _open.pop(self, None)
        raise self.error.with_traceback(self.traceback)

    def _wait(self) -> None:
        """Wait until it is done. DanaError where that would be for ever, as for a promise that uses itself."""
        waiting: Work | None = getattr(_current, "work", None)
        if waiting is not None:
            waiting.waits_for = self
            self._refuse_circle(waiting)
        try:
            if self.runs_in == threading.get_ident():
                raise self._for_ever()  # it was started without a thread, and is what runs here
            while not self.done.wait(WAIT_SECONDS):
                pass
        finally:
            if waiting is not None:
                waiting.waits_for = None

    def _refuse_circle(self, waiting: Work) -> None:
        link: Work | None = self
        while link is not None and not link.done.is_set():
            if link is waiting:
                raise waiting._for_ever()
            link = link.waits_for

    def _for_ever(self) -> DanaError:
        return DanaError(f"promise '{self.label}' waits for itself and would never be kept")

    def watch(self, watcher: Callable[[], object]) -> None:
        """Call `watcher` when it is done, at once when it is done already."""
        with _lock:
            if not self.done.is_set():
                self.watchers.append(watcher)
                return
        watcher()


def _origin() -> tuple[CodeType, int] | None:
    """Return the Dana code that is making a promise and the instruction in it; a report of a failure names its place."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - who calls is not passed on
    while frame is not None:
        file = frame.f_code.co_filename
        if file.endswith(".na") or file.startswith("<input"):
            return frame.f_code, frame.f_lasti
        frame = frame.f_back
    return None


_lock = threading.Lock()
_open: dict[Work, None] = {}
"""Work that is running, or has failed unseen, in the order it was started."""
_current = threading.local()


def spawn(
    function: Callable[..., object], *args: object, label: str = "", otherwise: place.Place | None = None
) -> Promise:
    """Return a promise of `function(*args)`, which runs in a daemon thread with the caller's context variables.

    `label` names it in reports, `otherwise` is its place when it is started outside of any program. Where the system
    gives no more threads, the function runs at once.
    """
    work = Work(label or getattr(function, "__name__", "promise"))
    context = contextvars.copy_context()
    work.place = context.run(place.keep, otherwise)
    with _lock:
        _open[work] = None
    thread = threading.Thread(target=context.run, args=(work.run, function, args), name=work.label, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        context.run(work.run, function, args)
    promise = object.__new__(Promise)
    _set_work(promise, work)
    return promise


def force(value: Any) -> Any:
    """Return the value that a promise holds, waiting for it; anything else unchanged.

    >>> force(spawn(lambda: 42)), force("plain")
    (42, 'plain')
    """
    return _work_of(value).result() if type(value) is Promise else value


def pending() -> tuple[str, ...]:
    """Return the labels of the promises that are still being made."""
    with _lock:
        return tuple(work.label for work in _open if not work.done.is_set())


def finish_all(here: place.Place | None = None) -> list[tuple[str, BaseException]]:
    """Wait for all promises, also those that are made meanwhile; return label and error of failures nobody has seen.

    With `here` only for those of the program of that place: another may be running beside it.
    """
    unseen: list[tuple[str, BaseException]] = []
    while True:
        with _lock:
            work = next((work for work in _open if here is None or work.place is here), None)
        if work is None:
            return unseen
        while not work.done.wait(WAIT_SECONDS):
            pass
        with _lock:
            _open.pop(work, None)
        if work.error is not None and not work.seen:
            work.seen = True
            unseen.append((work.label, work.error.with_traceback(work.traceback)))


class Promise:
    """A value that is still being made. Every use waits for it and then is a use of the value."""

    __slots__ = ("__weakref__", "_work")

    def __new__(cls, *_args: object, **_named: object) -> Promise:  # noqa: PYI034 - it never returns
        """Refuse: only `spawn` makes promises."""
        raise DanaTypeError("a promise is made by spawn(function)")

    def __getattribute__(self, name: str) -> Any:
        if name in OWN:
            return object.__getattribute__(self, name)
        return getattr(_work_of(self).result(), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(force(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(force(self), name)

    def __bool__(self) -> bool:
        return truth(force(self))

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call the value."""
        return force(self)(*args, **named)

    def __copy__(self) -> Any:
        import copy

        return copy.copy(force(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        import copy

        return copy.deepcopy(force(self), memo)

    def __reduce_ex__(self, _protocol: object) -> Any:
        raise DanaTypeError("a promise cannot be pickled", hint="pickle its value: force(promise)")

    def __reduce__(self) -> Any:
        return self.__reduce_ex__(4)

    def __await__(self) -> Generator[Any, None, Any]:
        work = _work_of(self)
        if not work.done.is_set():
            yield from _done_in_loop(work).__await__()
        return work.result()


OWN = frozenset({"__reduce__", "__reduce_ex__", "__deepcopy__"})
"""What copying and pickling ask an object for, and must not get from the value."""
_work_of: Callable[[Any], Work] = vars(Promise)["_work"].__get__
_set_work: Callable[[Any, Work], None] = vars(Promise)["_work"].__set__


def _done_in_loop(work: Work) -> Any:
    """Return a future of the running event loop that is done when `work` is; the loop goes on meanwhile."""
    import asyncio

    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def settle() -> None:
        if not future.done():
            future.set_result(None)

    work.watch(lambda: loop.call_soon_threadsafe(settle))
    return future


# Python looks operators up on the class, so each is written into it, from these tables.

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": operators.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "truediv": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "divmod": divmod,
    "pow": pow,
    "lshift": operator.lshift,
    "rshift": operator.rshift,
    "and": operator.and_,
    "or": operator.or_,
    "xor": operator.xor,
    "matmul": operator.matmul,
}
"""Operators with a reflected form; `add` by Dana's rules."""

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(operators, name) for name in ("eq", "ne", "lt", "le", "gt", "ge")
}

OTHERS: dict[str, Callable[..., Any]] = {
    "neg": operator.neg,
    "pos": operator.pos,
    "abs": abs,
    "invert": operator.invert,
    "int": int,
    "float": float,
    "complex": complex,
    "index": operator.index,
    "round": round,
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "fspath": os.fspath,
    "aiter": aiter,
    "anext": anext,
    "len": len,
    "length_hint": operator.length_hint,
    "iter": iter,
    "next": next,
    "reversed": reversed,
    "contains": operator.contains,
    "getitem": operator.getitem,
    "setitem": operator.setitem,
    "delitem": operator.delitem,
    "str": str,
    "repr": repr,
    "bytes": bytes,
    "format": format,
    "hash": hash,
    "dir": dir,
    "instancecheck": lambda value, instance: isinstance(instance, value),
    "subclasscheck": lambda value, other: issubclass(other, value),
}
"""Everything else that has a function of its own: `__len__` is `len`."""

BY_NAME = ("enter", "exit", "aenter", "aexit")
"""Methods that are looked up on the value under their own name."""


def _first(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *others: function(force(self), *map(force, others))


def _reflected(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: function(other, force(self))


def _in_place(name: str, function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return `p += x`: a list grows where it is, anything else is computed anew."""
    method = f"__i{name}__"

    def change(self: Any, other: Any) -> Any:
        value = force(self)
        own = getattr(type(value), method, None)
        result = NotImplemented if own is None else own(value, force(other))
        return function(value, force(other)) if result is NotImplemented else result

    return change


def _method(name: str) -> Callable[..., Any]:
    def call(self: Any, *args: Any) -> Any:
        value = force(self)
        return getattr(type(value), name)(value, *args)

    return call


def _fill() -> None:
    for name, function in BINARY.items():
        setattr(Promise, f"__{name}__", _first(function))
        setattr(Promise, f"__r{name}__", _reflected(function))
        if name != "divmod":
            setattr(Promise, f"__i{name}__", _in_place(name, function))
    for name, function in (COMPARISONS | OTHERS).items():
        setattr(Promise, f"__{name}__", _first(function))
    for name in BY_NAME:
        setattr(Promise, f"__{name}__", _method(f"__{name}__"))


_fill()
