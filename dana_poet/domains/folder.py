"""A user's own domains from a folder: `NAME.md` is the template, `NAME.toml` the data, `NAME.py` the functions."""

from __future__ import annotations

import os
import sys
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dana_poet.domains.domain import Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.errors import PoetOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

HOOKS = ("normalise", "prepare", "enforce", "transient", "repeatable", "wait", "recover", "patience", "redact")
KEYS = frozenset(
    "summary options defaults grants imports parameters quantities required_keys objectives private".split()
)


def read_folder(path: str | os.PathLike[str]) -> list[Domain]:
    """Return the domains of a folder, by name. PoetOptionError names the file and what is wrong in it."""
    folder = Path(path)
    if not folder.is_dir():
        raise PoetOptionError(f"there is no folder {os.fspath(path)!r} to load domains from")
    found = [read_domain(file) for file in sorted(folder.glob("*.md")) if file.stem.isidentifier()]
    if not found:
        raise PoetOptionError(f"folder {os.fspath(path)!r} holds no domain", hint="a domain is at least NAME.md")
    return found


def read_domain(file: Path) -> Domain:
    """Return the domain of one template file and the `.toml` and `.py` files beside it."""
    data = _data(file.with_suffix(".toml"))
    functions = _functions(file)
    hooks = {name: functions[name] for name in HOOKS if callable(functions.get(name))}
    try:
        return _made(file, data, hooks, functions.get("METRICS", {}))
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        if isinstance(error, PoetOptionError):
            raise
        raise PoetOptionError(f"{file.with_suffix('.toml')}: {error}") from error


def _made(file: Path, data: Mapping[str, Any], hooks: dict[str, Any], metrics: Mapping[str, Any]) -> Domain:
    text = file.read_text(encoding="utf-8")
    ruled = _rules(data)
    return Domain(
        name=file.stem,
        summary=data.get("summary") or _summary(text),
        template=text,
        options={name: OptionSpec(**spec) for name, spec in data.get("options", {}).items()},
        defaults=data.get("defaults", {}),
        grants=frozenset(data.get("grants", ())),
        imports=frozenset(data.get("imports", ())),
        parameters=tuple(Learnable(name, **spec) for name, spec in data.get("parameters", {}).items()),
        objectives=data.get("objectives", {}),
        private=bool(data.get("private", False)),
        metrics=metrics,
        **{**ruled, **hooks},
    )


def _rules(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hooks that the data alone describes: quantities to read, keys that a result must have."""
    from dana_poet.domains.quantity import Quantity, normaliser
    from dana_poet.domains.result_errors import require_keys

    rules: dict[str, Any] = {}
    if data.get("quantities"):
        quantities = tuple(Quantity.from_data(name, spec) for name, spec in data["quantities"].items())
        rules["normalise"] = normaliser(quantities, private=bool(data.get("private", False)))
    if data.get("required_keys"):
        wanted = tuple(data["required_keys"])

        def enforce(result: Any, call: Any) -> Any:
            require_keys(result, wanted, call.function)
            return result

        rules["enforce"] = enforce
    return rules


def _data(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    import tomllib

    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PoetOptionError(f"{file} cannot be read: {error}") from error
    if unknown := set(data) - KEYS:
        raise PoetOptionError(f"{file}: there is no key '{min(unknown)}'", hint=f"keys are {', '.join(sorted(KEYS))}")
    return data


def _functions(file: Path) -> dict[str, Any]:
    """Run the Python file of a domain, which is the user's own code, and return its names."""
    source = file.with_suffix(".py")
    if not source.is_file():
        return {}
    name = f"dana_poet.domains.from_folder.{file.stem}"
    spec = util.spec_from_file_location(name, source)
    if spec is None or spec.loader is None:
        raise PoetOptionError(f"{source} cannot be loaded")
    module: ModuleType = util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        raise PoetOptionError(f"{source}: {error}") from error
    return vars(module)


def _summary(text: str) -> str:
    """Return the first paragraph under the title."""
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n")]
    return next((part for part in paragraphs if part and not part.startswith(("#", "-"))), "")
