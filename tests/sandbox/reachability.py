"""Walk over everything that a program can reach from a few objects, as a program could.

It reads every attribute that a program may spell (private ones on subclasses that it makes), asks for types, makes
instances, opens containers and calls harmless methods, and reports what no program may ever hold.
"""

from __future__ import annotations

import builtins
import contextlib
import csv
import functools
import io
import sys
import types
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

from dana_sandbox.guards import Refused, RunState, namespace
from dana_sandbox.run_state import Output
from dana_sandbox.safe_format import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DEEPEST = 8
_PLAIN = frozenset({int, float, complex, str, bytes, bool, type(None), type(...), type(NotImplemented), range})
# How many objects of one kind are looked into: after that they differ by their names only, and new ones never end.
_ENOUGH = {dict: 500, list: 500, tuple: 500, set: 100, frozenset: 100, types.FunctionType: 500}
_SAMPLE = 8
_ARGUMENTS: tuple[tuple[Any, ...], ...] = (
    (),
    ("{0.__class__}",),
    (1,),
    ([1],),
    (int,),
    (lambda *_: 1,),
    ("a", "b"),
    ("a", [1]),
)
_HARMLESS_CALLS = frozenset(
    "keys values items copy getbuffer most_common groupdict groups as_tuple getvalue __iter__ __enter__ __next__ "
    "__copy__ __reversed__ isoformat timetuple utctimetuple span getstate elements new_child __call__".split()
)
# Early releases of 3.11 make these without what they read from or write to, and end the process when one is used. That
# process is a child where programs run; here it would be the test's.
_EMPTY_INSIDE = (type(csv.reader([])), type(csv.writer(io.StringIO())))
_NEVER = (types.ModuleType, types.FrameType, types.CodeType, types.TracebackType, RunState, Output)
_NEVER_THESE = (
    *(open, eval, exec, compile, __import__, globals, locals, input, breakpoint, vars, dir, getattr, setattr, delattr),
    *(hasattr, print, builtins.__build_class__, str.format, str.format_map, type.__subclasses__, type.mro),
)


def what_is_wrong(value: object) -> str:
    """Return why no program may hold `value`; empty when it may."""
    if isinstance(value, _NEVER):
        return f"a {type(value).__name__}"
    if isinstance(value, type) and issubclass(value, type):
        return f"the metaclass {value!r}"
    if any(value is forbidden for forbidden in _NEVER_THESE):
        return f"{value!r} itself"
    if isinstance(value, types.BuiltinFunctionType) and isinstance(value.__self__, str):
        unguarded = value.__name__ in {"format", "format_map"} and not is_plain(str.__str__(value.__self__))
        return "unguarded formatting" if unguarded else ""
    if type(value) is dict and id(value) in _dictionaries_of_modules(len(sys.modules)):
        return "the dictionary of a module"
    return ""


@functools.lru_cache(maxsize=1)
def _dictionaries_of_modules(_loaded: int) -> dict[int, object]:
    # They are held, so that no number is given twice.
    found = [getattr(module, "__dict__", None) for module in list(sys.modules.values())]
    return {id(one): one for one in found}


class Explorer:
    """A run of its own, and the walk through what it can reach."""

    def __init__(self, modules: frozenset[str] = frozenset()) -> None:
        self.state = RunState(modules=modules)
        self.space = namespace(self.state, {}, name="explored")
        self.read = self.space["__builtins__"]["getattr"]
        self.type_of = self.space["__builtins__"]["type"]
        # Kept alive, so that no number is given twice.
        self.seen: dict[int, object] = {}
        self.looked_into: Counter[type] = Counter()

    def reached(self, roots: Mapping[str, object]) -> Iterator[tuple[str, object]]:
        """Yield every object that a program can reach from `roots`, with the way to it."""
        waiting = deque((name, value, 0) for name, value in roots.items())
        while waiting:
            path, value, depth = waiting.popleft()
            if type(value) in _PLAIN or id(value) in self.seen:
                continue
            self.seen[id(value)] = value
            yield path, value
            if depth < _DEEPEST and not what_is_wrong(value) and self._is_new_kind(value):
                waiting.extend((path + step, found, depth + 1) for step, found in self._steps(value))

    def _is_new_kind(self, value: object) -> bool:
        kind = type(value)
        self.looked_into[kind] += 1
        return isinstance(value, type) or self.looked_into[kind] <= _ENOUGH.get(kind, _SAMPLE)

    def _steps(self, value: Any) -> Iterator[tuple[str, object]]:
        yield from self._attributes(value)
        yield from self._contents(value)
        yield ".type", self.type_of(value)
        if isinstance(value, type):
            yield from self._instances(value)
            yield from self._heirs(value)

    def _attributes(self, value: object) -> Iterator[tuple[str, object]]:
        for name in sorted(_names(value)):
            try:
                found = self.read(value, name)
            except (Refused, Exception):  # noqa: BLE001, S112 - nothing is reached by it
                continue
            yield f".{name}", found
            if name in _HARMLESS_CALLS and not isinstance(value, type) and callable(found):
                try:
                    yield f".{name}()", found()
                except (Refused, Exception):  # noqa: BLE001, S112
                    continue

    @staticmethod
    def _contents(value: object) -> Iterator[tuple[str, object]]:
        if isinstance(value, dict):
            for number, (key, item) in enumerate(list(value.items())[:1000]):
                yield f".keys{number}", key
                yield f".values{number}", item
        elif isinstance(value, list | tuple | set | frozenset):
            for number, item in enumerate(list(value)[:1000]):
                yield f"[{number}]", item

    @staticmethod
    def _instances(kind: type) -> Iterator[tuple[str, object]]:
        if issubclass(kind, _EMPTY_INSIDE):
            return
        for arguments in _ARGUMENTS:
            try:
                made: object = kind(*arguments)
            except (Refused, Exception):  # noqa: BLE001, S112
                continue
            yield f"{arguments!r}"[:20], made

    def _heirs(self, kind: type) -> Iterator[tuple[str, object]]:
        """Own subclasses show the private names of their base."""
        if self.state.is_own_class(kind):
            return
        try:
            heir = self.space["__builtins__"]["__build_class__"](lambda: None, "Heir", kind)
        except (Refused, Exception):  # noqa: BLE001
            return
        yield ".heir", heir
        yield from ((f".heir{step}", made) for step, made in self._instances(heir))


def _names(value: object) -> set[str]:
    kinds = (*type(value).__mro__, *(value.__mro__ if isinstance(value, type) else ()))
    names: set[Any] = {name for kind in kinds for name in vars(kind)}
    with contextlib.suppress(Exception):
        names.update(dir(value))
    with contextlib.suppress(Exception):
        names.update(object.__getattribute__(value, "__dict__"))
    return {name for name in names if isinstance(name, str)}


def forbidden(roots: Mapping[str, object], explorer: Explorer) -> dict[str, str]:
    """Return the ways to what no program may hold, each with what lies at its end."""
    return {path: wrong for path, value in explorer.reached(roots) if (wrong := what_is_wrong(value))}
