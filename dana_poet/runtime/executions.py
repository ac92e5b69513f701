"""Execution ids of `@poet` calls: a number while the call runs, a text when somebody reads it."""

from __future__ import annotations

import itertools
import os
import sys
from collections import deque
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = 32
"""How many results are remembered that nobody has tracked."""

running: ContextVar[int | str | None] = ContextVar("dana_execution_id", default=None)
"""The execution that runs here; `text` makes an id of it."""

recent: deque[tuple[object, int | str]] = deque(maxlen=RESULTS)
"""The newest results with their executions, until somebody asks which execution a result came out of."""

served: dict[int | str, int] = {}
"""The versions that serve executions which are running, where it is not the one that usually does."""

listeners: list[Callable[[tuple[str, ...], Any], None]] = []
"""Called with the ids of executions and an event that is about them: where functions of this process hear verdicts."""

learners: list[Callable[[tuple[str, ...]], list[str]]] = []
"""Called with the ids of executions that a program wants learned from now; each returns in words what changed."""

_functions = itertools.count(1)
_prefix = os.urandom(6).hex()
_CALLS = 40  # bits: a function is called less than 2**40 times in one process


def counter() -> itertools.count[int]:
    """Return the numbers of the executions of one function: none is that of another one in this process."""
    return itertools.count((next(_functions) << _CALLS) + 1)


def calls(numbers: itertools.count[int]) -> int:
    """Return how many numbers were taken from a `counter`.

    >>> numbers = counter()
    >>> _ = next(numbers), next(numbers)
    >>> calls(numbers)
    2
    """
    following = int(repr(numbers)[len("count(") : -1])
    return following % (1 << _CALLS) - 1


def text(execution: int | str) -> str:
    """Return the id of an execution: unique among all processes, and the same each time.

    >>> text((7 << 40) + 3)[-4:]
    '-7-3'
    """
    if isinstance(execution, str):
        return execution
    return f"run-{_prefix}-{execution >> _CALLS}-{execution % (1 << _CALLS)}"


def module_name(function: object) -> str:
    """Return the name of a function's module: for a file that is run as a script, the name by which it is imported.

    A function or pipeline of Dana goes by its file.

    >>> module_name(module_name)
    'dana_poet.runtime.executions'
    """
    dana = _dana_file(function)
    if dana and not dana.startswith("<"):
        return os.path.splitext(os.path.basename(dana))[0]
    name = getattr(function, "__module__", None) or ""
    if name != "__main__":
        return name
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:
        found = str(spec.name)
        return found.removesuffix(".__main__")
    file = getattr(main, "__file__", None)
    return _imported_as(os.path.abspath(file)) if file else name


def _dana_file(function: Any) -> str:
    """Return the file of something that a Dana program defines, empty for anything else."""
    if "_dana_here" in getattr(function, "__globals__", ()):
        return str(function.__code__.co_filename)
    return str(getattr(getattr(function, "_plan", None), "file", ""))  # a pipeline


def _imported_as(file: str) -> str:
    """Return the name of the module in a file: the packages that it lies in come first."""
    folder, last = os.path.split(os.path.splitext(file)[0])
    names = [last] if last != "__main__" else []
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        names.insert(0, package)
    return ".".join(names) or last


def _forked() -> None:
    """Give the executions of a forked process ids of their own; those of its parent keep theirs."""
    global _prefix  # noqa: PLW0603 - it names this process
    kept = [(result, text(execution)) for result, execution in recent]
    recent.clear()
    served.clear()
    recent.extend(kept)
    if (execution := running.get()) is not None:
        running.set(text(execution))
    _prefix = os.urandom(6).hex()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
