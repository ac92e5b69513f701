"""`import dana_poet.importer` makes `import my_agent` find `my_agent.na`, by a path hook of our own.

The hook answers only for names that no Python module has in the same folder; it changes nothing in importlib.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


class DanaLoader:
    """Runs one `.na` file as a Python module."""

    def __init__(self, path: str) -> None:
        self.path = path

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:  # noqa: ARG002 - importlib's own signature
        """Let importlib make the module."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the file in `module`."""
        from dana_poet.runtime import execute
        from dana_poet.runtime.policy import Policy
        from dana_poet.runtime.session import new_program, run_kept

        program = new_program(os.path.dirname(self.path), Policy(), None)
        names = program.module_globals(module.__name__, self.path)
        given = vars(module)
        given.update({name: value for name, value in names.items() if name not in {"__name__", "__spec__", "__loader__"}})
        here: Any = given["_dana_here"]
        here.names, given["_dana_module"] = given, module
        code = execute.code_of_file(self.path, cached=execute.is_cached_code_allowed())
        program.within(run_kept, program, self.path, code, given)


class DanaFinder:
    """Finds `.na` files on the paths that Python searches."""

    @classmethod
    def find_spec(cls, name: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        """Return the spec of a Dana module, or None when there is none of that name."""
        del target
        last = name.rpartition(".")[2]
        for folder in sys.path if path is None else path:
            base = os.path.join(os.path.abspath(folder or "."), last)
            for file, package in ((base + ".na", False), (os.path.join(base, "__init__.na"), True)):
                if os.path.isfile(file):
                    spec = ModuleSpec(name, DanaLoader(file), origin=file, is_package=package)  # type: ignore[arg-type]  # a loader by protocol
                    spec.has_location = True
                    if package and spec.submodule_search_locations is not None:
                        spec.submodule_search_locations.append(base)
                    return spec
        return None


def install() -> None:
    """Add the finder behind Python's own. Calling it twice changes nothing."""
    if DanaFinder not in sys.meta_path:
        sys.meta_path.append(DanaFinder)  # type: ignore[arg-type]  # a finder by protocol


def uninstall() -> None:
    """Take the finder away again."""
    if DanaFinder in sys.meta_path:
        sys.meta_path.remove(DanaFinder)  # type: ignore[arg-type]  # a finder by protocol


install()
