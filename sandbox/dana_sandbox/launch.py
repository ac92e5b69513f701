"""How the host starts a Python of its own for untrusted programs: which one, with which paths, with what around it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from dana_sandbox.leased import PoolError


@dataclass(frozen=True, slots=True)
class Settings:
    """What processes for untrusted programs are started with.

    `serve` names the function that children run, `modules` is what programs may import; both are loaded before
    anything is confined, the function from `paths` too. `launcher` is `"fork"` (one server that forks a child for
    each lease) or `"spawn"` (a whole interpreter for each lease). `off` switches layers off, for tests alone. All of
    it is trusted: no part may come from an untrusted program.
    """

    serve: str = "dana_sandbox.execute:serve"
    modules: frozenset[str] = frozenset()
    launcher: str = "fork" if hasattr(os, "fork") and hasattr(os, "posix_spawn") else "spawn"
    off: frozenset[str] = frozenset()
    paths: tuple[str, ...] = ()

    def as_text(self, **more: object) -> str:
        """Return what the new process reads from its command line; `more` comes with it."""
        paths = [*import_paths(numpy="numpy" in self.modules), *self.paths]
        told = {"serve": self.serve, "modules": sorted(self.modules), "off": sorted(self.off)}
        return json.dumps({**told, "paths": list(dict.fromkeys(paths)), **more})


def import_paths(*, numpy: bool) -> list[str]:
    """Return the folders that hold the packages a child loads: this one, the compiler's, numpy's when asked."""
    import importlib.util

    found = []
    for package in ("dana_sandbox", "RestrictedPython", *(("numpy",) if numpy else ())):
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise PoolError(f"{package} is not installed")
        found.append(str(Path(spec.submodule_search_locations[0]).resolve().parent))
    return found


def interpreter() -> str:
    """Return the Python to start. On Windows a venv's own is a launcher whose child would outlive a kill."""
    chosen: str | None = sys.executable
    if sys.platform == "win32":
        chosen = getattr(sys, "_base_executable", None) or chosen
    if not chosen:
        raise PoolError("sys.executable is empty: there is no Python to start workers with")
    return chosen


def first_environment() -> dict[str, str]:
    """Return what the interpreter itself needs to start; it is emptied before any program is seen."""
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")
    one_thread = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {"TZ": "UTC0", **one_thread, **{name: os.environ[name] for name in kept if name in os.environ}}


def command(main: str, settings: str) -> list[str]:
    """Return the command line that calls the function `module:name` with `settings`.

    The interpreter is isolated from the user's variables and folders and does without `site`, so that nothing that
    was installed to run at every start does.
    """
    module, _, name = main.partition(":")
    boot = (
        "import json, sys; settings = json.loads(sys.argv[1]); sys.path += settings['paths']; "
        f"from {module} import {name}; {name}(settings)"
    )
    cached = ["-B"] if sys.dont_write_bytecode else []
    return [interpreter(), "-I", "-S", *cached, "-c", boot, settings]
