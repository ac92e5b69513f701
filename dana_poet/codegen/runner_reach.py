"""How a version in the sandbox reaches what its original reaches: stand-ins there, and the host's end of them here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.outside import NotReachedError, check_call, end, mode_of, outside_of, step, writing
from dana_poet.codegen.runner_acts import awaited_here, current
from dana_poet.codegen.runner_crossing import is_plain
from dana_poet.codegen.verification.doubles import READS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from dana_poet.codegen.outside import Outside

THERE = "poet_there"
MOST_ITEMS = 100_000
MOST_OBJECTS = 10_000

STAND_INS = """
poet_classes = {}
poet_raised = []

class PoetThere:
    def __init__(self, poet_number):
        self.poet_number = poet_number
    def __getattr__(self, name):
        return poet_got(poet_there(self.poet_number, "get", name, [], {}))
    def __call__(self, *args, **kwargs):
        return poet_got(poet_there(self.poet_number, "call", "", [poet_sent(one) for one in args], {key: poet_sent(one) for key, one in kwargs.items()}))
    def __getitem__(self, key):
        return poet_got(poet_there(self.poet_number, "item", "", [poet_sent(key)], {}))
    def __contains__(self, key):
        return poet_got(poet_there(self.poet_number, "has", "", [poet_sent(key)], {}))
    def __len__(self):
        return poet_got(poet_there(self.poet_number, "len", "", [], {}))
    def __bool__(self):
        return poet_got(poet_there(self.poet_number, "bool", "", [], {}))
    def __str__(self):
        return poet_got(poet_there(self.poet_number, "str", "", [], {}))
    def __iter__(self):
        return iter(poet_got(poet_there(self.poet_number, "list", "", [], {})))
    def __enter__(self):
        return poet_got(poet_there(self.poet_number, "enter", "", [], {}))
    def __exit__(self, kind, error, trace):
        return poet_got(poet_there(self.poet_number, "exit", "", [str(error) if error is not None else None], {}))

def poet_sent(value):
    if type(value) is PoetThere:
        return ("\\0there", value.poet_number)
    if type(value) is list:
        return [poet_sent(one) for one in value]
    if type(value) is tuple:
        return tuple([poet_sent(one) for one in value])
    if type(value) is dict:
        return {key: poet_sent(one) for key, one in value.items()}
    return value

def poet_class(told):
    name, bases = told
    known = {one.__name__: one for one in (Exception, OSError, ConnectionError, TimeoutError, FileNotFoundError, PermissionError, FileExistsError, IsADirectoryError, NotADirectoryError, ConnectionRefusedError, ConnectionResetError, BrokenPipeError, ValueError, UnicodeError, UnicodeDecodeError, KeyError, LookupError, IndexError, TypeError, AttributeError, RuntimeError, NotImplementedError, ArithmeticError, OverflowError, ZeroDivisionError, EOFError)}
    if name in known:
        return known[name]
    if name not in poet_classes:
        made = [poet_class(one) for one in bases] or [Exception]
        first = made[0]
        if len(made) > 1:
            second = made[1]
            class PoetForeign(first, second):
                pass
        else:
            class PoetForeign(first):
                pass
        poet_classes[name] = PoetForeign
    return poet_classes[name]

def poet_got(answer):
    tag, value = answer
    if tag == "there":
        return PoetThere(value)
    if tag == "many":
        return [poet_got(one) for one in value]
    if tag == "pair":
        return tuple([poet_got(one) for one in value])
    if tag == "refused":
        raise AttributeError(value)
    if tag == "class":
        return poet_class(value)
    if tag == "error":
        error = poet_class(value[0])(*value[1])
        poet_raised.append(error)
        raise error
    return value

"""


def stand_ins(names: Iterable[str]) -> str:
    """Return the text that stands before a version which reaches out by these names."""
    return STAND_INS + "".join(f"{name} = PoetThere({name!r})\n" for name in sorted(names))


class Reach:
    """The host's end: does what a stand-in is asked, on the path that the original goes. One for all calls of a version."""

    def __init__(self, outside: Outside) -> None:
        self.outside = outside

    @classmethod
    def of(cls, original: Callable[..., Any]) -> Reach:
        """Return the end for what an original reaches."""
        return cls(outside_of(original))

    def ask(self, handle: Any, deed: str, name: str, args: list[Any], kwargs: dict[str, Any]) -> list[Any]:
        """Do one thing and return the answer as plain data; an error that it raises is an answer, too."""
        acts = current.get()
        started = time.perf_counter()
        try:
            target, path = self._target(handle)
            if deed == "get":
                return self._answer(*step(self.outside, target, path, name))
            end(self.outside, path)
            given = [self._own(one) for one in args]
            if deed == "call":
                check_call(self.outside, target, given, kwargs)
            acts.acted = acts.acted or (deed == "call" and not only_reads(target, given, kwargs))
            if deed == "call":
                found = awaited_here(target(*given, **{key: self._own(one) for key, one in kwargs.items()}))
                return self._answer(found, "")
            return self._answer(_DEEDS[deed](target, given), "")
        except NotReachedError as error:
            return ["refused", str(error)]
        except Exception as error:  # noqa: BLE001 - whatever it raises is the version's to handle
            acts.raised.append(error)
            return ["error", [_described(type(error)), [one if is_plain(one) else str(one) for one in error.args]]]
        finally:
            acts.inside += time.perf_counter() - started

    def _target(self, handle: Any) -> tuple[Any, str]:
        if isinstance(handle, str):
            if handle not in self.outside.roots:
                raise NotReachedError(f"{handle} is out of reach")
            return self.outside.roots[handle], handle
        acts = current.get()
        return acts.kept[handle], acts.paths.get(handle, "")

    def _own(self, value: Any) -> Any:
        """Return an argument of the version's with objects for their stand-ins."""
        if type(value) is tuple and len(value) == 2 and value[0] == "\0there":
            return self._target(value[1])[0]
        if type(value) in (list, tuple):
            return type(value)(self._own(one) for one in value)
        if type(value) is dict:
            return {key: self._own(one) for key, one in value.items()}
        return value

    def _answer(self, value: Any, path: str) -> list[Any]:
        if is_plain(value):
            return ["value", value]
        if isinstance(value, type) and issubclass(value, Exception):
            return ["class", _described(value)]
        if type(value) in (list, tuple):
            return ["many" if type(value) is list else "pair", [self._answer(one, "") for one in value]]
        acts = current.get()
        if len(acts.kept) >= MOST_OBJECTS:
            raise OverflowError("a version holds too many objects")
        acts.kept.append(value)
        if path:
            acts.paths[len(acts.kept) - 1] = path
        return ["there", len(acts.kept) - 1]


def only_reads(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a call changes nothing outside, as far as its name tells: then it may be made again by the original.

    >>> only_reads(open, ["a.txt"], {}), only_reads(open, ["a.txt"], {"mode": "w"}), only_reads("".join, [], {})
    (True, False, True)
    """
    if function is open:
        return not writing(mode_of(args, kwargs))
    name = str(getattr(function, "__name__", "")).lower().strip("_")
    return name.partition("_")[0] in READS or name in _READING


class Reached:
    """The same in this process, for a version that is restricted: an object that looks at every step."""

    __slots__ = ("_outside", "_path", "_target")

    def __init__(self, outside: Outside, target: Any, path: str) -> None:
        self._outside, self._target, self._path = outside, target, path

    def __getattr__(self, name: str) -> Any:
        return _within(self._outside, *step(self._outside, self._target, self._path, name))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it, if the original does."""
        end(self._outside, self._path)
        check_call(self._outside, self._target, args, kwargs)
        acts = current.get()
        acts.acted = acts.acted or not only_reads(self._target, args, kwargs)
        return self._done(lambda target: target(*map(own, args), **{key: own(one) for key, one in kwargs.items()}))

    def _done(self, deed: Callable[[Any], Any]) -> Any:
        end(self._outside, self._path)
        acts = current.get()
        try:
            return _within(self._outside, awaited_here(deed(self._target)), "")
        except BaseException as error:
            acts.raised.append(error)
            raise

    def __getitem__(self, key: Any) -> Any:
        return self._done(lambda target: target[key])

    def __contains__(self, key: Any) -> bool:
        return bool(self._done(lambda target: key in target))

    def __bool__(self) -> bool:
        return bool(self._done(bool))

    def __str__(self) -> str:
        return str(self._done(str))

    def __iter__(self) -> Any:
        return iter([_within(self._outside, one, "") for one in self._done(lambda target: _items(target, []))])

    def __len__(self) -> int:
        return int(self._done(len))

    def __enter__(self) -> Any:
        return self._done(lambda target: _DEEDS["enter"](target, []))

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> Any:
        return self._done(lambda target: _left(target, [error]))


def own(value: Any) -> Any:
    """Return the object behind `Reached`, anything else as it is.

    >>> own(1)
    1
    """
    return value._target if type(value) is Reached else value  # noqa: SLF001 - its own kind


def reached(outside: Outside) -> dict[str, Any]:
    """Return what the names of a version mean in this process."""
    return {name: Reached(outside, value, name) for name, value in outside.roots.items()}


def _within(outside: Outside, value: Any, path: str) -> Any:
    if is_plain(value) or (isinstance(value, type) and issubclass(value, BaseException)):
        return value
    if type(value) in (list, tuple):
        return type(value)(_within(outside, one, "") for one in value)
    return Reached(outside, value, path)


def _described(kind: type) -> list[Any]:
    """Return a class of exceptions in words: its name, for a foreign one with its module, and its bases."""
    if kind.__module__ == "builtins":
        return [kind.__name__, [_described(one) for one in kind.__bases__ if one not in (object, BaseException)]]
    bases = [_described(one) for one in kind.__bases__ if issubclass(one, BaseException)]
    return [f"{kind.__module__}.{kind.__qualname__}", bases[:2]]


def _items(target: Any, _given: list[Any]) -> list[Any]:
    from itertools import islice

    return list(islice(target, MOST_ITEMS))


def _left(target: Any, given: list[Any]) -> bool:
    said = given[0] if given else None
    error = said if said is None or isinstance(said, BaseException) else RuntimeError(said)
    details = (type(error) if error else None, error, None)
    found = awaited_here(target.__aexit__(*details)) if hasattr(target, "__aexit__") else target.__exit__(*details)
    return bool(found)


_READING = frozenset(
    "getenv urlopen join basename dirname split splitext normpath exists isfile isdir listdir getcwd decode encode strip "
    "raise_for_status readline readlines close".split()
)
_DEEDS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "item": lambda target, given: target[given[0]],
    "has": lambda target, given: given[0] in target,
    "len": lambda target, _: len(target),
    "bool": lambda target, _: bool(target),
    "str": lambda target, _: str(target),
    "list": _items,
    "enter": lambda target, _: (
        awaited_here(target.__aenter__()) if hasattr(target, "__aenter__") else target.__enter__()
    ),
    "exit": _left,
}
