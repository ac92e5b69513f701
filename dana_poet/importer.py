"""`import dana_poet.importer` makes `import my_agent` find `my_agent.na`, by a path hook of our own.

The hook reads folders as Python does and takes `.na` beside the endings that Python knows: a `.py` of the same name goes
first, a folder with `__init__.na` is a package, and nothing in importlib is changed.
"""

from __future__ import annotations

import os
import sys
from importlib import machinery
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from dana_poet.runtime.execute import Program

_programs: dict[str, Program] = {}
"""The program of each folder, so that its modules share scoped variables and know each other."""


class DanaLoader:
    """Runs one `.na` file as a Python module. A module that Dana has imported already is that one."""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = os.path.abspath(path)
        self._has_run = False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Return the module that a Dana import has made, or let importlib make one."""
        del spec
        known: ModuleType | None = _program_of(self.path).modules.get(self.path)
        self._has_run = known is not None
        return known

    def exec_module(self, module: ModuleType) -> None:
        """Run the file in `module`. DanaSourceError for its syntax, and whatever the file itself raises."""
        if self._has_run:
            self._has_run = False
            return
        from dana_poet.runtime import execute
        from dana_poet.runtime.session import run_kept

        program = _program_of(self.path)
        code = execute.code_of_file(self.path, cached=execute.is_cached_code_allowed())
        names = _prepared(program, module, self.path)
        program.modules[self.path] = module
        program.loading.append(self.path)
        try:
            program.within(run_kept, program, self.path, code, names)
        except BaseException:
            program.modules.pop(self.path, None)
            raise
        finally:
            program.loading.remove(self.path)

    def get_source(self, name: str) -> str:
        """Return the text of the file, for tools that show it."""
        del name
        from dana_poet.runtime.execute import read_text

        return read_text(self.path)[0]

    def get_filename(self, name: str) -> str:
        """Return the path of the file."""
        del name
        return self.path


def _program_of(path: str) -> Program:
    from dana_poet.runtime.policy import Policy
    from dana_poet.runtime.session import new_program

    folder = os.path.dirname(path)
    if folder not in _programs:
        _programs[folder] = new_program(folder, Policy(), None)
    return _programs[folder]


def _prepared(program: Program, module: ModuleType, path: str) -> dict[str, Any]:
    """Give a module that Python has made what the code of a Dana module needs; return its names."""
    given = vars(module)
    for name, value in program.module_globals(module.__name__, path).items():
        if name not in {"__name__", "__doc__", "__package__", "__loader__", "__spec__"}:
            given[name] = value
    given["_dana_here"].names = given
    given["_dana_module"] = module
    return given


def _new_hook() -> Callable[[str], machinery.FileFinder]:
    loaders: tuple[tuple[Any, list[str]], ...] = (
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
        (DanaLoader, [".na"]),
    )
    return machinery.FileFinder.path_hook(*loaders)  # type: ignore[return-value]  # typeshed promises less


_hook: Any = _new_hook()


def install() -> None:
    """Add the hook before the one that Python reads folders with. Calling it twice changes nothing."""
    if _hook not in sys.path_hooks:
        places = [index for index, hook in enumerate(sys.path_hooks) if "FileFinder" in getattr(hook, "__name__", "")]
        sys.path_hooks.insert(places[0] if places else len(sys.path_hooks), _hook)
        _forget_finders()


def uninstall() -> None:
    """Take the hook away again. Modules that are imported stay."""
    if _hook in sys.path_hooks:
        sys.path_hooks.remove(_hook)
        _forget_finders()


def _forget_finders() -> None:
    """Let Python ask the hooks again for every folder that it has read."""
    for path, finder in list(sys.path_importer_cache.items()):
        if isinstance(finder, machinery.FileFinder):
            del sys.path_importer_cache[path]


install()
