"""Generate while the original serves: one daemon thread a function, few at a time, once across processes."""

from __future__ import annotations

import hashlib
import os
import threading
from contextlib import contextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Literal, TypeAlias

from dana_poet.codegen.generator import GenerationError
from dana_poet.errors import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dana_poet.codegen.generator import Candidate, GenerationRequest, Generator

    Done: TypeAlias = Callable[[Candidate | None, GenerationError | None], None]

Started: TypeAlias = Literal["started", "running", "busy"]

MOST_THREADS = 2

_running: dict[str, threading.Thread] = {}
_lock = threading.Lock()


def generate_in_background(
    generator: Generator, request: GenerationRequest, done: Done, *, key: str, folder: str | None = None
) -> Started:
    """Start a generation in a daemon thread and return at once; `done` is called there with a candidate or an error.

    "running" when this process generates for `key` already, "busy" when two others are under way: ask again later.
    Another process that works on the same `key` with the same `folder` is told by the error's reason "claimed".
    Settings and `use_model` of the caller hold in the thread.

    >>> from dana_poet.codegen.generator import Candidate, GenerationRequest
    >>> from dana_poet.codegen.original import Original
    >>> class Fixed:
    ...     name = "fixed"
    ...     def generate(self, request): return Candidate("def f(): ...", "rules", self.name)
    >>> made = []
    >>> request = GenerationRequest(Original.of_source("def f(): ..."))
    >>> generate_in_background(Fixed(), request, lambda candidate, error: made.append(candidate.generator), key="f")
    'started'
    >>> wait_for_background(5), made
    (True, ['fixed'])
    """
    context = copy_context()
    with _lock:
        if key in _running:
            return "running"
        if len(_running) >= MOST_THREADS:
            return "busy"
        work = lambda: context.run(_work, generator, request, done, key, folder)  # noqa: E731 - bound to this call
        thread = threading.Thread(target=work, name=f"poet-generate-{key}", daemon=True)
        _running[key] = thread
        thread.start()
    return "started"


def wait_for_background(seconds: float) -> bool:
    """Wait for all generations of this process, at most so many seconds; whether none is left."""
    import time

    until = time.monotonic() + seconds
    for thread in list(_running.values()):
        thread.join(max(0.0, until - time.monotonic()))
    return not _running


def _work(generator: Generator, request: GenerationRequest, done: Done, key: str, folder: str | None) -> None:
    try:
        with claimed(key, folder) as ours:
            candidate, error = _made(generator, request) if ours else (None, _taken(key))
            done(candidate, error)
    except Exception as error:  # noqa: BLE001 - nobody waits for this thread; the original goes on serving
        warn(f"what was generated for {key} could not be kept: {error}")
    finally:
        with _lock:
            _running.pop(key, None)


def _made(generator: Generator, request: GenerationRequest) -> tuple[Candidate | None, GenerationError | None]:
    try:
        return generator.generate(request), None
    except GenerationError as error:
        return None, error
    except BaseException as error:  # noqa: BLE001 - a generator of the user's may raise anything, in a thread of ours
        message = f"the generator raised {type(error).__name__}: {error}"
        return None, GenerationError(message, reason="generator_error")


def _taken(key: str) -> GenerationError:
    return GenerationError(f"another process generates for {key}", reason="claimed", hint="its version serves both")


@contextmanager
def claimed(key: str, folder: str | None) -> Iterator[bool]:
    """Hold the claim of a key while entered; whether it is ours. A process that dies leaves its claim to others.

    Without a folder, or in one that cannot be written, every process claims for itself.
    """
    handle = _opened(key, folder)
    if handle is None:
        yield True
        return
    try:
        yield _take(handle)
    finally:
        os.close(handle)


def _opened(key: str, folder: str | None) -> int | None:
    if folder is None:
        return None
    path = os.path.join(folder, f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.claim")
    try:
        os.makedirs(folder, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows: two processes may both generate
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _forget() -> None:
    """Start anew in a forked child: it has the table, and not the threads."""
    global _lock  # noqa: PLW0603 - a lock of the parent may have been held at the fork
    _lock = threading.Lock()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
