"""What an original reaches through names of its module, such as `requests.get`: a version may reach that, and no more.

`outside_of` reads it off the original's text. In the sandbox such a name is a stand-in that asks the host (`Reach`); in
this process it is `Reached`, which looks at every step.
"""

from __future__ import annotations

import ast
import builtins
import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.original import definition, names_of, plain_function
from dana_poet.errors import DanaError

if TYPE_CHECKING:
    from collections.abc import Callable

_TOO_MUCH = frozenset(
    "sys subprocess ctypes gc inspect importlib builtins multiprocessing signal code codeop pickle marshal shelve "
    "threading asyncio concurrent pty resource runpy pdb bdb trace tracemalloc faulthandler".split()
)
"""Modules by which one reaches everything: no version gets them, whatever its original does."""
_ENDS = ("system", "popen", "abort", "kill", "fork", "exec", "spawn", "posix_spawn", "chroot", "setuid", "setgid", "_")
"""What names of `os` begin with that end or replace the process."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The names and what they mean, the dotted paths that the original goes, and the attributes that it looks at.

    `writes` tells whether it opens a file for more than reading.

    >>> Outside({"os": None}, frozenset({"os.environ.get"}), frozenset({"environ", "get"})).leads("os.environ")
    True
    """

    roots: Mapping[str, Any]
    paths: frozenset[str]
    attributes: frozenset[str] = field(default_factory=frozenset)
    writes: bool = False

    def with_helper(self, other: Outside) -> Outside:
        """Return both together, without names that mean two things."""
        roots = {**other.roots, **self.roots}
        roots = {name: value for name, value in roots.items() if other.roots.get(name, value) is value}
        paths, attributes = self.paths | other.paths, self.attributes | other.attributes
        return Outside(roots, paths, attributes, self.writes or other.writes)

    def leads(self, path: str) -> bool:
        """Whether the original goes this path, or one that begins with it."""
        return path in self.paths or any(one.startswith(f"{path}.") for one in self.paths)


NOTHING = Outside({}, frozenset())


def outside_of(function: Callable[..., Any]) -> Outside:
    """Return what a function reaches through names of its module; nothing for one whose source cannot be read.

    >>> outside_of(step).roots
    {}
    """
    try:
        return _of(plain_function(function), 0)
    except DanaError:
        return NOTHING


def _of(function: types.FunctionType, depth: int) -> Outside:
    """Return what a function reaches, by itself and through helpers of its module."""
    tree, names = definition(function), names_of(function)
    found = reached_by(tree, names)
    for name in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}):
        helper = names.get(name)
        if isinstance(helper, types.FunctionType) and helper is not function and name not in found.roots and depth < 4:
            try:
                found = found.with_helper(_of(helper, depth + 1))
            except DanaError:
                continue
    return found


def reached_by(tree: ast.AST, names: Mapping[str, object]) -> Outside:
    """Return what the text of a function reaches, whose free names have these meanings."""
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - bound
    roots = {name: _meaning(name, names) for name in sorted(used)}
    roots = {name: value for name, value in roots.items() if value is not None}
    if not roots:
        return NOTHING
    paths: dict[str, set[str]] = {name: set() for name in roots}
    _follow(tree, paths)
    kept = {name for name, found in paths.items() if found and not _ends_process(roots[name], found)}
    kept -= {name for name in kept if not _leads_out(roots[name], paths[name])}
    kept -= {name for name in kept if isinstance(roots[name], types.ModuleType) and name in paths[name]}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return Outside(
        {name: roots[name] for name in sorted(kept)},
        frozenset(path for name in kept for path in paths[name]),
        frozenset(one for one in attributes if not one.startswith("_")),
        _hands_on(tree) or any(_writes(node) for node in ast.walk(tree)),
    )


def _hands_on(tree: ast.AST) -> bool:
    """Whether `open` is used otherwise than in a call: then nobody can see with which mode."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    opens = {node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "open"}
    return not opens <= called


def _leads_out(root: object, paths: set[str]) -> bool:
    """Whether some path ends outside of what the sandbox has: `urllib` is there, `urllib.request` is not."""
    if not isinstance(root, types.ModuleType) or not _sandboxed(root.__name__):
        return True
    for path in paths:
        name = root.__name__
        for part in path.split(".")[1:]:
            name = f"{name}.{part}"
            if name in sys.modules and not _sandboxed(name):
                return True
    return False


def _writes(node: ast.AST) -> bool:
    """Whether something is a call of `open` for more than reading, or may be one."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open"):
        return False
    if any(isinstance(one, ast.Starred) for one in node.args) or any(one.arg is None for one in node.keywords):
        return True
    modes = [*node.args[1:2], *(one.value for one in node.keywords if one.arg == "mode")]
    return any(not isinstance(one, ast.Constant) or writing(one.value) for one in modes)


def writing(mode: object) -> bool:
    """Whether a mode of `open` is for more than reading.

    >>> writing("rb"), writing("r+")
    (False, True)
    """
    return bool(set(str(mode)) & set("wax+"))


def _meaning(name: str, names: Mapping[str, object]) -> object:
    """Return what a name means if a sandbox has no such thing and a version may reach it, else None."""
    value = names.get(name, getattr(builtins, name, None))
    if value is open:
        return value
    own = value.__name__ if isinstance(value, types.ModuleType) else str(getattr(value, "__module__", None) or "")
    package = isinstance(value, types.ModuleType) and hasattr(value, "__path__")  # which may lead out of the sandbox
    if not own or own.partition(".")[0] in _TOO_MUCH or (_sandboxed(own) and not package):
        return None
    if isinstance(value, types.ModuleType):
        return value
    if not isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) or name in vars(builtins):
        return None
    return value if _of_library(own) else None


def _sandboxed(module: str) -> bool:
    from dana_sandbox.policy import DEFAULT_MODULES, OPTIONAL_MODULES

    return module in DEFAULT_MODULES or module.partition(".")[0] in OPTIONAL_MODULES


def _of_library(module: str) -> bool:
    """Whether a module is the standard library's or an installed one: its functions are called, not copied."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return True
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def _follow(tree: ast.AST, paths: dict[str, set[str]]) -> None:
    """Note the longest dotted paths that begin with these names."""
    inner: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Attribute, ast.Name)) and node not in inner:
            parts: list[str] = []
            base: ast.expr = node
            while isinstance(base, ast.Attribute):
                parts.append(base.attr)
                base = base.value
                inner.add(base)
            if isinstance(base, ast.Name) and base.id in paths:
                paths[base.id].add(".".join([base.id, *reversed(parts)]))


def _ends_process(root: object, paths: set[str]) -> bool:
    if getattr(root, "__name__", "") not in ("os", "posix", "nt"):
        return any("._" in path for path in paths)
    return any(part.startswith(_ENDS) for path in paths for part in path.split(".")[1:])


class NotReachedError(AttributeError):
    """A version goes where its original does not."""


def step(outside: Outside, target: Any, path: str, name: str) -> tuple[Any, str]:
    """Return an attribute of something that was reached, and its path; the empty path for what a call returned."""
    further = f"{path}.{name}" if path else ""
    allowed = outside.leads(further) if path else name in outside.attributes and not name.startswith("_")
    if not allowed:
        raise NotReachedError(f"{further or name} is out of reach: the original does not use it")
    return getattr(target, name), further


def mode_of(args: Sequence[Any], kwargs: Mapping[str, Any]) -> object:
    """Return the mode in a call of `open`."""
    return args[1] if len(args) > 1 else kwargs.get("mode", "r")


def check_call(outside: Outside, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Refuse to write files for a version whose original only reads them."""
    if function is open and not outside.writes and writing(mode_of(args, kwargs)):
        raise NotReachedError("files are only read here, as the original does")


def end(outside: Outside, path: str) -> None:
    """Refuse to use what the original only goes through."""
    if path and path not in outside.paths:
        raise NotReachedError(f"{path} is out of reach: the original does not use it so")
