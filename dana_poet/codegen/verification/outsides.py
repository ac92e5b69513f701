"""An original that reaches outside by names of its module, such as `os.getenv`: both sides get the same stand-ins there.

The names become keyword arguments of both sides, and their values are objects of the host's (`doubles`), which answer
the same each time and touch nothing: what is asked of them is written down and compared. Each example is run in two
worlds, one where things are there and one where they are not.
"""

from __future__ import annotations

import ast
import copy
import io
import posixpath
import re
import types
import urllib.parse
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from dana_poet.codegen.outside import NOTHING, Outside, outside_of, reached_by
from dana_poet.codegen.verification.inputs import Sampler
from dana_poet.codegen.verification.mining import mine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dana_poet.codegen.verification.contract import Example
    from dana_poet.codegen.verification.reading import Candidate, Subject

MADE = 3
"""Inputs that are made where a user gave none."""
PREFIX = "outside_"
WORLDS = 3
"""In the first world all is there, in the second what can be missing is, in the third there is other text."""
_NUMBERS = (7, 3, 12)
"""The number that things answer, by world."""
_TEXTS = ("7", "3", " Some text, 12 ")
_FILE = ("7\n", "", "first\n\n  second, 12 \n \nlast")


def outside_of_subject(subject: Subject) -> Outside:
    """Return what the original reaches; of one that is only text, by the imports that stand beside it."""
    if subject.original.kind not in ("function", "async"):
        return NOTHING
    if subject.function is not None:
        return outside_of(subject.function)
    return reached_by(subject.tree, _imported(subject.around))


def _imported(statements: Sequence[ast.stmt]) -> dict[str, object]:
    """Return what imports mean, without importing anything."""
    found: dict[str, object] = {}
    for node in statements:
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.asname or "." not in one.name:
                    found[one.asname or one.name] = types.ModuleType(one.name)
    return found


def with_stand_ins(
    subject: Subject, candidate: Candidate, examples: Sequence[Example], outside: Outside, seed: int
) -> tuple[Subject, Candidate, list[Example]]:
    """Return both sides and the examples with stand-ins for what is outside."""
    around = tuple(one for one in subject.around if not _imports(one, outside))
    tree = _taking(subject.tree, outside)
    own = _taking(candidate.tree, outside)
    body = [own if one is candidate.tree else one for one in candidate.module.body if not _imports(one, outside)]
    module = ast.Module(body, [])
    given = list(examples) or _made(subject, seed)
    worlds: list[Example] = [
        (args, {**kwargs, **_things(outside, world)}) for args, kwargs in given for world in range(WORLDS)
    ]
    return (
        replace(subject, tree=tree, around=around, outside=frozenset(outside.roots)),
        replace(candidate, module=ast.fix_missing_locations(module), tree=own),
        worlds,
    )


def plainly(text: str | None) -> str | None:
    """Return what a gate says without the stand-ins.

    >>> plainly("it asks outside_os.getenv('A') [f(1, outside_os=<Thing>)]")
    "it asks os.getenv('A') [f(1)]"
    """
    return re.sub(rf"(, )?{PREFIX}\w+=<Thing>", "", text).replace(PREFIX, "") if text else text


def _taking(tree: Any, outside: Outside) -> Any:
    """Return a function that takes the things as keyword arguments, and lets its helpers have them, too."""
    made = copy.deepcopy(tree)
    shared: list[ast.stmt] = [ast.Global(list(outside.roots))]
    for name in outside.roots:
        made.args.kwonlyargs.append(ast.arg(f"{PREFIX}{name}"))
        made.args.kw_defaults.append(None)
        shared.append(ast.Assign([ast.Name(name, ast.Store())], ast.Name(f"{PREFIX}{name}", ast.Load())))
    documented = ast.get_docstring(made) is not None
    made.body = [*made.body[:documented], *shared, *made.body[documented:]]
    return ast.fix_missing_locations(made)


def _imports(node: ast.stmt, outside: Outside) -> bool:
    """Whether a statement imports nothing but what is outside, by the names that the original has for it."""
    return isinstance(node, (ast.Import, ast.ImportFrom)) and all(
        (one.asname or one.name) in outside.roots for one in node.names
    )


def _made(subject: Subject, seed: int) -> list[Example]:
    """Return inputs that fit the hints."""
    sampler = Sampler(subject.tree, mine([subject.tree]), [], seed, [])
    fitting = [one for one in sampler.base(40) if sampler.fit(one) == "yes"]
    return [(one.args, dict(one.kwargs)) for one in fitting[:MADE]]


def _things(outside: Outside, world: int) -> dict[str, Any]:
    return {
        f"{PREFIX}{name}": Thing(getattr(value, "__name__", name) if isinstance(value, types.ModuleType) else _called(name, value), world)
        for name, value in outside.roots.items()
    }  # fmt: skip


def _called(name: str, value: object) -> str:
    own = str(getattr(value, "__module__", "") or "")
    return name if value is open else f"{own}.{getattr(value, '__name__', name)}"


class Thing:
    """Stands for something outside. `path` is what it is, `world` which answers it gives."""

    def __init__(self, path: str, world: int) -> None:
        self._path, self._world = path.replace("posixpath", "os.path").removeprefix("_"), world

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        path = f"{self._path}.{name}"
        return _CONSTANTS[path] if path in _CONSTANTS else Thing(path, self._world)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer, the same each time."""
        known = _KNOWN.get(self._path)
        return known(self._world, *args, **kwargs) if known is not None else Reply(self._path, self._world)

    def __getitem__(self, key: Any) -> Any:
        if self._path == "os.environ":
            if self._world == 1:
                raise KeyError(key)
            return _TEXTS[self._world]
        return _NUMBERS[self._world]

    def __contains__(self, key: Any) -> bool:
        return self._world != 1

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return 0


class Reply(Thing):
    """What a call outside answers: enough of a response that code which works with one works."""

    def __getattr__(self, name: str) -> Any:
        text = _TEXTS[self._world]
        plain = {
            "status_code": 200, "status": 200, "code": 200, "ok": True, "reason": "OK", "text": text,
            "content": text.encode(), "returncode": 0,
        }  # fmt: skip
        return plain[name] if name in plain else super().__getattr__(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer with another one."""
        del args, kwargs
        return Reply(self._path, self._world)

    def read(self, *_: Any) -> bytes:
        """Return the body."""
        return _TEXTS[self._world].encode()

    def json(self, **_: Any) -> Any:
        """Return data that has every key."""
        return Data(self._path, self._world)

    def raise_for_status(self) -> None:
        """Find nothing wrong."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let errors through."""


class Data(Thing):
    """What a response holds: a number under every key."""

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the number; in the other world the default."""
        del key
        return default if self._world == 1 else _NUMBERS[self._world]


def _environment(world: int, key: Any, default: Any = None) -> Any:
    del key
    return default if world == 1 else _TEXTS[world]


def _opened(world: int, file: Any, mode: Any = "r", *_: Any, **__: Any) -> Any:
    """Return a file that is in memory alone; in the other world there is none to be read."""
    if world == 1 and not set(str(mode)) & set("wax"):
        raise FileNotFoundError(2, "No such file or directory", str(file))
    text = "" if set(str(mode)) & set("wax") else _FILE[world]
    return io.BytesIO(text.encode()) if "b" in str(mode) else io.StringIO(text)


def _pure(work: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _world, *args, **kwargs: work(*args, **kwargs)


_CONSTANTS: dict[str, Any] = {
    "os.sep": "/",
    "os.linesep": "\n",
    "os.name": "posix",
    "os.pathsep": ":",
    "os.curdir": ".",
}
_KNOWN: dict[str, Callable[..., Any]] = {
    "os.getenv": _environment, "os.environ.get": _environment, "open": _opened, "io.open": _opened,
    "os.getcwd": lambda _world: "/work", "os.listdir": lambda world, *_: [] if world == 1 else ["a.txt", "b.txt"],
    "os.cpu_count": lambda _world: 4, "os.getpid": lambda _world: 4711,
    **{f"urllib.parse.{name}": _pure(getattr(urllib.parse, name)) for name in
       ("quote", "quote_plus", "unquote", "urlencode", "urljoin")},
    **{f"os.path.{name}": _pure(getattr(posixpath, name)) for name in
       ("join", "basename", "dirname", "split", "splitext", "normpath", "isabs", "commonprefix")},
    **{f"os.path.{name}": (lambda world, *_: world != 1) for name in ("exists", "isfile", "isdir")},
}  # fmt: skip
