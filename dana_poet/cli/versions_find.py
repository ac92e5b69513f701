"""Which history a person means by a name, a dotted name or a path; a helpful error when none or several fit."""

from __future__ import annotations

import ast
import contextlib
import difflib
import os
import re
import textwrap
from typing import TYPE_CHECKING

from dana_poet.codegen.original import tree_hash
from dana_poet.codegen.versions import VersionStore
from dana_poet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.codegen.versions import History

DEEPEST = 8
_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__"})
_VERSION_FILE = re.compile(r"(.+)_(?:v\d+\.py|current\.py|versions\.json|audit\.jsonl|trial\.json|params\.json)")


def where(state: str | None, start: str = ".") -> tuple[History, ...]:
    """Return all histories in `state`, else in the folder of the settings, else in each `.poet` here and below."""
    if state is not None and not os.path.isdir(state):
        raise UsageError(f"there is no folder {state}")
    folders = [state] if state is not None else [*_configured()] or [*_folders(start)]
    histories = (history for folder in folders for history in VersionStore(folder).histories())
    return tuple(_with_original(history) for history in histories)


def _with_original(history: History) -> History:
    """Let a history know the function as its file has it now, where that can be read: what is stale then shows."""
    file = _source_of(history)
    if file.endswith(".py"):
        with contextlib.suppress(OSError, ValueError, SyntaxError, RecursionError):
            with open(file, encoding="utf-8") as stream:
                text = stream.read()
            node = _definition(ast.parse(text), history.function.get("qualname", ""))
            if node is not None:
                lines = text.split("\n")[node.lineno - 1 : node.end_lineno]
                history.know(tree_hash(node), textwrap.dedent("\n".join(lines)) + "\n")
    return history


def _definition(tree: ast.AST, qualname: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the function that a qualified name means, the last one where it is defined again."""
    found: ast.AST | None = tree
    for name in qualname.replace(".<locals>", "").split("."):
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        inside = [one for one in ast.walk(found) if isinstance(one, kinds) and one is not found] if found else []
        found = next((one for one in reversed(inside) if one.name == name), None)
    return found if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _configured() -> Iterator[str]:
    """Yield the folder that the settings name, if they do."""
    from dana_poet.settings import current_settings

    folder = current_settings().state.dir
    if folder:
        yield folder


def _folders(start: str) -> Iterator[str]:
    """Yield every `.poet` in `start` and below, not far and not in what other tools own."""
    depth = os.path.abspath(start).count(os.sep)
    for folder, inside, _ in os.walk(start):
        if ".poet" in inside:
            yield os.path.join(folder, ".poet")
        deeper = os.path.abspath(folder).count(os.sep) - depth < DEEPEST
        inside[:] = sorted(one for one in inside if deeper and not one.startswith(".") and one not in _SKIPPED)


def find(function: str, state: str | None) -> History:
    """Return the history that `function` names. UsageError when there is none or more than one."""
    is_path = function.endswith((".py", ".na", ".json", ".jsonl")) or os.sep in function
    histories = _by_path(function, state) if is_path else where(state)
    named = histories if is_path else _named(histories, function)
    if len(named) == 1:
        return named[0]
    if named:
        names = ", ".join(sorted({one.name for one in named}))
        many = len({one.name for one in named}) > 1
        folders = ", ".join(sorted(os.path.relpath(os.path.dirname(one.file_of("x"))) for one in named))
        hint = f"say which: {names}" if many else f"say which with --state: {folders}"
        raise UsageError(f"{len(named)} functions with versions are meant by {function}", hint=hint)
    raise UsageError(f"no function {function} has versions{_there(state)}", hint=_hint(function, where(state)))


def _there(state: str | None) -> str:
    return f" in {state}" if state is not None else " here"


def _named(histories: tuple[History, ...], function: str) -> tuple[History, ...]:
    """Return those with this full name, else with this qualname, else with this last part."""
    full = tuple(one for one in histories if one.name == function)
    qualified = tuple(one for one in histories if one.function.get("qualname") == function)
    return full or qualified or tuple(one for one in histories if one.name.endswith(f".{function}"))


def _by_path(path: str, state: str | None) -> tuple[History, ...]:
    """Return the histories of a source file, or the one that a version file belongs to."""
    folder, name = os.path.split(os.path.abspath(path))
    own = _VERSION_FILE.fullmatch(name)
    if own and os.path.isfile(os.path.join(folder, f"{own[1]}_versions.json")):
        stem = os.path.join(folder, own[1])
        return tuple(one for one in VersionStore(folder).histories() if one.file_of("x") == f"{stem}_x")
    if not os.path.exists(path):
        raise UsageError(f"there is no file {path}", hint="a function can also be given by its name")
    histories = where(state) if state is not None else (*where(None, folder), *where(None))
    unique = {one.file_of("x"): one for one in histories}
    return tuple(one for one in unique.values() if _source_of(one) == os.path.realpath(path))


def _source_of(history: History) -> str:
    folder = os.path.dirname(history.file_of("x"))
    file = history.function.get("file", "")
    return os.path.realpath(os.path.join(folder, file)) if file else ""


def _hint(function: str, histories: tuple[History, ...]) -> str:
    """Return the name that may have been meant, or all that there are."""
    names = {name: one.name for one in histories for name in (one.name, one.function.get("qualname") or one.name)}
    near = difflib.get_close_matches(function, names, 1, 0.6)
    if near:
        return f"did you mean {names[near[0]]}?"
    listed = sorted(set(names.values()))
    if not listed:
        return "versions are stored at the first call of a @poet function with a domain, objectives or a generator"
    more = f" and {len(listed) - 8} more" if len(listed) > 8 else ""
    return f"there are {', '.join(listed[:8])}{more}"
