"""Which domains there are: built in, registered by a program, in folders of the project, in installed packages."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.domains.domain import Domain
from dana_poet.errors import PoetOptionError

if TYPE_CHECKING:
    from collections.abc import Iterable

BUILT_IN = (
    "base", "api", "llm", "ml_monitoring", "customer_service", "prompt_optimization", "building_management",
    "financial_services", "healthcare", "manufacturing",
)  # fmt: skip
ALIASES = {"llm_optimization": "llm"}
"""Names by which published programs know a domain."""
GROUP = "dana_poet.domains"
"""The entry point group: `name = "package.module:DOMAIN"`, a Domain or a function that makes one."""
NEAR = 0.78
_registered: dict[str, Domain] = {}


def get(name: str) -> Domain:
    """Return the domain of this name. PoetOptionError says which names there are, and which one was near.

    >>> get("api").name
    'api'
    >>> get("finacial_services")
    Traceback (most recent call last):
    dana_poet.errors.PoetOptionError: there is no domain 'finacial_services' (did you mean 'financial_services'?)
    """
    found = _find(name)
    if found is None:
        raise _unknown(name)
    return found


def resolve(name: str | None) -> Domain:
    """Return the domain for `@poet(domain=name)`: a near miss of a known name is PoetOptionError.

    A name that is near none is kept: it behaves as `base` and is not `known`, because published programs name their
    functions' fields freely (`domain="math"`).

    >>> resolve("geometry").name, resolve("geometry").known, resolve(None).name
    ('geometry', False, 'base')
    """
    if name is None:
        return get("base")
    found = _find(name)
    if found is not None:
        return found
    if _near(name):
        raise _unknown(name)
    from dataclasses import replace

    return replace(get("base"), name=name, known=False)


def names() -> tuple[str, ...]:
    """Return the names of all domains: built in, registered, of the project's folders, and of installed packages.

    >>> names()[:2]
    ('base', 'api')
    """
    of_project = (os.path.basename(path).removesuffix(".md") for path in _project_files())
    more = sorted({*_registered, *_entry_points(), *of_project} - set(BUILT_IN))
    return (*BUILT_IN, *more)


def register(domain: Domain) -> Domain:
    """Add a domain to this process and return it. PoetOptionError when the name is built in or taken by another one."""
    if not domain.name.isidentifier():
        raise PoetOptionError(f"a domain's name is letters, digits and '_', got {domain.name!r}")
    if domain.name in BUILT_IN or domain.name in ALIASES or _registered.get(domain.name, domain) != domain:
        raise PoetOptionError(f"there is a domain '{domain.name}' already", hint="take another name")
    _registered[domain.name] = domain
    return domain


def load_folder(path: str | os.PathLike[str]) -> tuple[Domain, ...]:
    """Register the domains of a folder and return them: one for each `NAME.md`, with `NAME.toml` and `NAME.py` if any.

    PoetOptionError names the file and what is wrong in it.
    """
    from dana_poet.domains.folder import read_folder

    return tuple(register(domain) for domain in read_folder(path))


def _find(name: str) -> Domain | None:
    if not isinstance(name, str):
        raise PoetOptionError(f"domain is a name, got {name!r}", hint='for example domain="api"')
    name = ALIASES.get(name, name)
    if name in BUILT_IN:
        return _built_in(name)
    return _registered.get(name) or _of_project(name) or _installed(name)


def _of_project(name: str) -> Domain | None:
    """Return the domain of a folder that the settings of the project name."""
    found = next((path for path in _project_files() if path.endswith(f"{os.sep}{name}.md")), None)
    if found is None:
        return None
    from pathlib import Path

    from dana_poet.domains.folder import read_domain

    return register(read_domain(Path(found)))


def _project_files() -> list[str]:
    """Return the templates in `[run] domains` of the settings, and of DANA_DOMAINS; none where files cannot be read."""
    from dana_poet.settings import current_settings

    settings = current_settings()
    beside = os.path.dirname(settings.source)
    try:
        folders = [os.path.join(beside, folder) for folder in settings.run.domains]
        return [os.path.join(folder, file) for folder in folders for file in os.listdir(folder) if file.endswith(".md")]
    except OSError as error:
        raise PoetOptionError(
            f"the domains of this project cannot be read: {error}", hint="see [run] domains"
        ) from error


def _built_in(name: str) -> Domain:
    from importlib import import_module

    domain: Domain = import_module(f"dana_poet.domains.{name}").DOMAIN
    return domain


def _installed(name: str) -> Domain | None:
    point = _entry_points().get(name)
    if point is None:
        return None
    try:
        made = point.load()
        domain = made() if callable(made) else made
    except Exception as error:
        raise PoetOptionError(f"domain '{name}' of {point.value} cannot be loaded: {error}") from error
    if not isinstance(domain, Domain) or domain.name != name:
        raise PoetOptionError(f"entry point '{name}' of {point.value} makes no domain of this name, but {domain!r:.80}")
    return _registered.setdefault(name, domain)


def _entry_points() -> dict[str, Any]:
    """Return the entry points by name; none where files cannot be read. It costs milliseconds: nothing built in asks."""
    try:
        from importlib.metadata import entry_points

        return {point.name: point for point in entry_points(group=GROUP)}
    except (ImportError, OSError):
        return {}


def _near(name: str) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name.lower(), names(), 1, cutoff=NEAR)


def _unknown(name: str) -> PoetOptionError:
    near = _near(name)
    hint = f"did you mean '{near[0]}'?" if near else f"there are {_listed(names())}; load_folder and register add more"
    return PoetOptionError(f"there is no domain '{name}'", hint=hint)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def forget(name: str) -> None:
    """Take a registered domain away again: for tests and for folders that are read again."""
    _registered.pop(name, None)
    sys.modules.pop(f"{GROUP}.from_folder.{name}", None)
