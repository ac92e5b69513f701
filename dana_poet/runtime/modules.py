"""Imports: Dana files on the search path, Python modules under policy, cycles reported by who imports whom."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaImportError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from dana_poet.runtime.execute import Disk, Program

LIBRARY_FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "library")

PARTIAL = {"os": frozenset({"path", "getenv", "getcwd", "sep", "linesep", "name", "pathsep", "cpu_count", "getpid"})}
"""Python modules of which any program sees a harmless part."""
ABOVE = 4
"""How many folders above a file are searched for the package that it belongs to."""


class Here:
    """The module that an import statement stands in."""

    __slots__ = ("exports", "file", "name", "names", "program")

    def __init__(self, name: str, file: str, program: Program, names: dict[str, Any]) -> None:
        self.name = name
        self.file = file
        self.program = program
        self.names = names
        self.exports: tuple[str, ...] | None = None

    @property
    def folder(self) -> str:
        """The folder of the module's file."""
        return os.path.dirname(self.file) if os.path.isabs(self.file) else self.program.folder


def search_path(here: Here) -> list[str]:
    """Return the folders in which imports are looked for, in order.

    Last come the folders above the file, so that a member of a package finds the package by its name when it is run
    by itself.
    """
    if here.program.policy.sandbox:
        return list(dict.fromkeys((here.folder, here.program.folder, LIBRARY_FOLDER)))
    folders = [here.folder, here.program.folder, os.getcwd()]
    settings = here.program.settings
    folders += settings.run.path if settings is not None else _folders_of_environment()
    folders.append(LIBRARY_FOLDER)
    above = here.folder
    for _ in range(ABOVE):
        above = os.path.dirname(above)
        folders.append(above)
    return list(dict.fromkeys(folders))


def _folders_of_environment() -> list[str]:
    return [folder for folder in os.environ.get("DANAPATH", "").split(os.pathsep) if folder]


def import_module(here: Here, dotted: str, whole: bool) -> Any:
    """Return what `import dotted` binds: with `whole` (an alias) the module itself, else the first of its path."""
    if is_python(dotted):
        return python_module(here, dotted.removesuffix(".py"), whole=whole)
    module = dana_module(here, dotted)
    names = dotted.lstrip(".").split(".")
    if whole or len(names) == 1:
        return module
    return here.program.modules[_found_root(here, dotted)]


def import_name(here: Here, dotted: str, name: str) -> Any:
    """Return what `from dotted import name` binds: a name of the module, or a module in its folder."""
    if name.startswith("_"):
        raise DanaImportError(f"'{name}' is private to {dotted}", hint="names that start with _ are not imported")
    if is_python(dotted):
        module = python_module(here, dotted.removesuffix(".py"), whole=True)
    else:
        module = _module_or_folder(here, dotted)
    found = getattr(module, name, module) if module is not None else module
    if found is not module or (module is not None and hasattr(module, name)):
        return found
    try:
        return dana_module(here, f"{dotted}.{name}" if not dotted.endswith(".") else dotted + name)
    except DanaImportError as error:
        if error.code == "D2005" and "there is no module" in error.message:
            raise _no_name(module, dotted, name) from None
        raise


def _module_or_folder(here: Here, dotted: str) -> Any:
    if dotted.strip(".") == "":
        return None
    return dana_module(here, dotted)


def _no_name(module: Any, dotted: str, name: str) -> DanaImportError:
    import difflib

    public = [other for other in _names_in(module) if not other.startswith("_")] if module is not None else []
    near = difflib.get_close_matches(name, public, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(sorted(public)[:10])}" if public else ""
    return DanaImportError(f"{dotted} has no name '{name}'", hint=hint)


def import_all(here: Here, dotted: str) -> None:
    """Bind what `from dotted import *` binds: exported names, or all that do not start with `_`."""
    if is_python(dotted):
        module = python_module(here, dotted.removesuffix(".py"), whole=True)
        names = getattr(module, "__all__", None)
    else:
        module = dana_module(here, dotted)
        names = vars(module)["_dana_here"].exports or vars(module).get("__exports__") or vars(module).get("__all__")
    for name in names if names is not None else _names_in(module):
        if not name.startswith("_"):
            here.names[name] = getattr(module, name)


def _names_in(module: Any) -> list[str]:
    """Return the names of a module; a facade of the sandbox tells its own."""
    return list(vars(module)) if hasattr(module, "__dict__") else dir(module)


def export(here: Here, *names: str) -> None:
    """Limit what `import *` takes from this module."""
    here.exports = (*(here.exports or ()), *names)


def is_python(dotted: str) -> bool:
    """Whether an import names a Python module."""
    return dotted.endswith(".py") and dotted.strip(".") != "py"


# Dana modules


def dana_module(here: Here, dotted: str) -> ModuleType:
    """Return a Dana module, running its file the first time."""
    dots = len(dotted) - len(dotted.lstrip("."))
    parts = [part for part in dotted[dots:].split(".") if part]
    folders = [_up(here.folder, dots - 1)] if dots else search_path(here)
    for folder in folders:
        path = _locate(here, folder, parts)
        if path is not None:
            return _package_chain(here, folder, parts)
    raise _not_found(here, dotted, parts, folders)


def _up(folder: str, levels: int) -> str:
    for _ in range(levels):
        folder = os.path.dirname(folder)
    return folder


def _locate(here: Here, folder: str, parts: list[str]) -> str | None:
    """Return the file of a module, its folder where that is a package without a file, or None."""
    files = here.program.files
    base = os.path.join(folder, *parts)
    if files.is_file(base + ".na"):
        return base + ".na"
    package = os.path.join(base, "__init__.na")
    if files.is_file(package):
        return package
    if files.is_folder(base) and parts and _has_dana(files, base):
        return base
    return None


def _has_dana(files: Disk, folder: str) -> bool:
    return any(name.endswith(".na") or files.is_folder(os.path.join(folder, name)) for name in files.names(folder))


def _package_chain(here: Here, folder: str, parts: list[str]) -> ModuleType:
    """Run a module after the packages around it, and make each a name of the one before."""
    parent: ModuleType | None = None
    for count in range(1, len(parts) + 1):
        path = _locate(here, folder, parts[:count])
        assert path is not None
        module = _run_once(here, path, ".".join(parts[:count]), package=count < len(parts))
        if parent is not None:
            setattr(parent, parts[count - 1], module)
        parent = module
    assert parent is not None
    return parent


def _found_root(here: Here, dotted: str) -> str:
    dots = len(dotted) - len(dotted.lstrip("."))
    parts = [part for part in dotted[dots:].split(".") if part]
    folders = [_up(here.folder, dots - 1)] if dots else search_path(here)
    for folder in folders:
        if _locate(here, folder, parts) is not None:
            root = _locate(here, folder, parts[:1])
            assert root is not None
            return os.path.abspath(root)
    raise _not_found(here, dotted, parts, folders)


def _run_once(here: Here, path: str, name: str, *, package: bool) -> ModuleType:
    """Return the module of a file, run the first time. A package that is just being run may import its members."""
    program = here.program
    path = os.path.abspath(path)
    if path in program.loading and not package:
        chain = [*program.loading[program.loading.index(path) :], path]
        shown = " imports ".join(os.path.basename(file) for file in chain)
        raise DanaImportError(f"circular import: {shown}", hint="move what both need into a third module")
    if path in program.modules:
        found: ModuleType = program.modules[path]
        return found
    names = program.module_globals(name, path)
    module: ModuleType = names["_dana_module"]
    program.modules[path] = module
    if not program.files.is_folder(path):
        program.run_module(path, names)
    return module


def _not_found(here: Here, dotted: str, parts: list[str], folders: list[str]) -> DanaImportError:
    import difflib

    if parts and (_python_exists(here, ".".join(parts)) or parts[0] in sys.stdlib_module_names):
        hint = f"it is a Python module: import {dotted}.py"
        return DanaImportError(f"there is no module {dotted}", hint=hint)
    near: list[str] = []
    files = here.program.files
    for folder in folders:
        base = os.path.join(folder, *parts[:-1])
        if parts and files.is_folder(base):
            names = [name.removesuffix(".na") for name in files.names(base) if name.endswith(".na")]
            near += difflib.get_close_matches(parts[-1], names, 1)
    searched = dict.fromkeys(_short(folder) for folder in folders if folder in _named(here))
    hint = f"did you mean '{near[0]}'?" if near else "looked in " + ", ".join(searched or map(_short, folders))
    return DanaImportError(f"there is no module {dotted}", hint=hint)


def _named(here: Here) -> set[str]:
    """Return the folders of the search path that a user knows of."""
    if here.program.policy.sandbox:
        return {here.folder, here.program.folder}
    return {here.folder, here.program.folder, os.getcwd(), *os.environ.get("DANAPATH", "").split(os.pathsep)}


def _short(folder: str) -> str:
    from dana_poet.runtime import paths

    relative = os.path.relpath(folder, paths.base or None)
    return folder if relative.startswith("..") else relative


# Python modules


def _python_exists(here: Here, dotted: str) -> bool:
    base = os.path.join(here.folder, *dotted.split("."))
    files = here.program.files
    return bool(files.is_file(base + ".py") or files.is_file(os.path.join(base, "__init__.py")))


def python_module(here: Here, dotted: str, *, whole: bool) -> Any:
    """Return a Python module that the program's policy allows."""
    name = dotted.lstrip(".")
    policy = here.program.policy
    if policy.sandbox:
        return here.program.offered(name, whole=whole)
    own = _own_folder(here, name) if policy.own_folder else None
    if own is None and name not in PARTIAL and not policy.allows(name):
        _refuse_missing(name)
        raise PolicyError(
            f"the policy does not allow the Python module {name}",
            hint=f"run with --allow-import {name.partition('.')[0]}, or put a module of your own beside the program",
        )
    module = _load_python(name, own)
    if own is None and name in PARTIAL and not policy.allows(name):
        return facade(module, PARTIAL[name])
    if own is None and name.partition(".")[0] not in policy.allow_imports and name in sys.stdlib_module_names:
        module = facade(module)
    if whole or "." not in name:
        return module
    return sys.modules[name.partition(".")[0]] if own is None else module


def _refuse_missing(name: str) -> None:
    """Raise DanaImportError for a module that is not there, before its name is a question of policy."""
    from importlib.util import find_spec

    root = name.partition(".")[0]
    try:
        found = root in sys.modules or find_spec(root) is not None
    except (ImportError, ValueError):
        found = True
    if not found:
        raise DanaImportError(
            f"there is no Python module {name}", hint=f"install it (pip install {root}), or check its name"
        )


def _own_folder(here: Here, name: str) -> str | None:
    for folder in (here.folder, here.program.folder):
        base = os.path.join(folder, *name.split("."))
        if os.path.isfile(base + ".py") or os.path.isfile(os.path.join(base, "__init__.py")):
            return folder
    return None


def _load_python(name: str, own: str | None) -> Any:
    from importlib import import_module as load

    try:
        return load(name) if own is None else load(_own_name(own, name))
    except ModuleNotFoundError as error:
        missing = error.name or name
        if missing == name or name.startswith(missing + "."):
            raise DanaImportError(
                f"there is no Python module {name}", hint=f"install it: pip install {missing}"
            ) from None
        raise DanaImportError(f"the Python module {name} needs {missing}, which is not installed") from error


def _own_name(folder: str, name: str) -> str:
    """Return the name under which Python imports a module of `folder`, made findable there.

    That is its own name, unless another module has it already: a module of another program, or of Python itself. The
    folder comes last on Python's path, so that no file in it stands in for a library that is loaded later.
    """
    if folder not in sys.path:
        sys.path.append(folder)
    root, _, rest = name.partition(".")
    places = (os.path.join(folder, root + ".py"), os.path.join(folder, root, "__init__.py"))
    file = next((place for place in places if os.path.isfile(place)), "")
    loaded = sys.modules.get(root)
    if not file or getattr(loaded, "__file__", None) == file:
        return name
    free = loaded is None and root not in sys.stdlib_module_names
    own = root if free else f"{root}_of_{folder}".replace(".", "_")
    if own not in sys.modules:
        _load_from(file, own)
    return f"{own}.{rest}" if rest else own


def _load_from(file: str, name: str) -> None:
    """Run a Python file as the module `name`."""
    from importlib.util import module_from_spec, spec_from_file_location

    inner = [os.path.dirname(file)] if file.endswith("__init__.py") else None
    spec = spec_from_file_location(name, file, submodule_search_locations=inner)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def facade(module: Any, only: frozenset[str] | None = None) -> Any:
    """Return a standard module with its public names alone: no private ones, no other modules; or with `only` some."""
    from types import ModuleType

    if only is not None:
        shown = ModuleType(module.__name__, module.__doc__)
        vars(shown)["__getattr__"] = _refused(module)
        vars(shown).update({name: facade(os.path) if name == "path" else getattr(module, name) for name in only})
        return shown
    shown = ModuleType(module.__name__, module.__doc__)
    for name, value in vars(module).items():
        inner = isinstance(value, ModuleType) and not value.__name__.startswith(module.__name__ + ".")
        if not name.startswith("_") and not inner:
            setattr(shown, name, value)
    return shown


def _refused(module: Any) -> Callable[[str], Any]:
    """Return what answers for the names of a standard module that programs do not see without being allowed to."""

    def refuse(name: str) -> Any:
        if name.startswith("_") or not hasattr(module, name):
            raise AttributeError(f"module {module.__name__} has no name '{name}'", name=name, obj=module)
        raise PolicyError(
            f"the policy does not allow {module.__name__}.{name}", hint=f"run with --allow-import {module.__name__}"
        )

    return refuse
