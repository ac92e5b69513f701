"""The kinds of resources: `use(kind, ...)` and `get_resource(kind, ...)`, extended by packages (LANGUAGE, section 8).

A package adds a kind with an entry point of the group `dana_poet.resources`: name = the kind, value = a callable that
takes the arguments of `use` and returns the resource.
"""

from __future__ import annotations

import contextlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, DanaTypeError, DanaValueError, PolicyError
from dana_poet.runtime import place
from dana_poet.runtime.fields import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GROUP = "dana_poet.resources"

SHIPPED: dict[str, str] = {
    "cache": "dana_poet.runtime.resources.memory:CacheResource",
    "coding": "dana_poet.runtime.resources.python_code:PythonResource",
    "config": "dana_poet.runtime.resources.memory:ConfigResource",
    "filesystem": "dana_poet.runtime.resources.filesystem:FileSystemResource",
    "knowledge": "dana_poet.runtime.resources.knowledge:KnowledgeResource",
    "mcp": "dana_poet.runtime.resources.mcp_client:McpResource",
    "memory": "dana_poet.runtime.resources.memory:MemoryResource",
    "python": "dana_poet.runtime.resources.python_code:PythonResource",
    "rag": "dana_poet.runtime.resources.knowledge:KnowledgeResource",
    "timer": "dana_poet.runtime.resources.timer:TimerResource",
    "webhook": "dana_poet.runtime.resources.webhook:WebhookResource",
}


class Opened:
    """The resources that one program got: those with a `_name` are shared, all are stopped when it ends."""

    __slots__ = ("everything", "named")

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}
        self.everything: list[Any] = []

    def stop_all(self) -> None:
        """Stop every resource that still runs, the newest first."""
        while self.everything:
            resource = self.everything.pop()
            if getattr(resource, "state", None) == "RUNNING":
                with contextlib.suppress(Exception):
                    resource.stop()
        self.named.clear()


HARMLESS = frozenset({"cache", "config", "memory"})
"""The kinds that need neither files nor network nor threads, so that programs in the sandbox may use them."""

_opened: ContextVar[Opened | None] = ContextVar("dana_resources", default=None)
_common = Opened()


def use(kind: str, *args: Any, _name: str | None = None, **options: Any) -> Any:
    """Return a resource of a kind, made with the options. With `_name` the same one is returned each time.

    It starts with its first use, or with `with use(...) as r:`. DanaValueError for an unknown kind.
    """
    if not isinstance(kind, str):
        raise DanaTypeError(
            f"use(kind) takes the kind as text, got {kind!r}", hint=f"kinds: {', '.join(sorted(SHIPPED))}"
        )
    opened = _here()
    if _name is not None and _name in opened.named:
        return opened.named[_name]
    resource = find_kind(kind)(*args, **options)
    if _name is not None:
        opened.named[_name] = resource
        _give_name(resource, _name)
    opened.everything.append(resource)
    return resource


def get_resource(kind: str, *args: Any, _name: str | None = None, **options: Any) -> Any:
    """Return the resource that `use(..., _name=kind)` made, else one of that kind, like `use`."""
    named = _here().named.get(kind)
    if named is not None and not args and not options:
        return named
    return use(kind, *args, _name=_name, **options)


def find_kind(kind: str) -> Callable[..., Any]:
    """Return what makes resources of a kind; DanaValueError names the known kinds."""
    _refuse_in_sandbox(kind)
    found = SHIPPED.get(kind)
    if found is not None:
        module, _, attribute = found.partition(":")
        made: Callable[..., Any] = getattr(__import__(module, fromlist=(attribute,)), attribute)
        return made
    extensions = {} if _is_sandboxed() else _extensions()
    if kind in extensions:
        try:
            loaded: Callable[..., Any] = extensions[kind].load()
        except Exception as error:
            raise DanaError(f"resource kind '{kind}' cannot be loaded: {error}") from error
        return loaded
    known = sorted({*SHIPPED, *extensions})
    near = did_you_mean(kind, known)
    hint = f"{near} " if near.startswith("did") else ""
    raise DanaValueError(f"resource kind '{kind}' is not known", hint=f"{hint}known kinds: {', '.join(known)}")


def _refuse_in_sandbox(kind: str) -> None:
    """Raise PolicyError for a kind that reaches out of the sandbox, where the program runs in it."""
    if _is_sandboxed() and kind in SHIPPED and kind not in HARMLESS:
        raise PolicyError(
            f"the resource '{kind}' is out of reach in the sandbox",
            hint=f"programs there use {', '.join(sorted(HARMLESS))}; hand them data as arguments",
        )


def _is_sandboxed() -> bool:
    here = place.current()
    return here is not None and here.program is not None and here.program.policy.sandbox


@contextlib.contextmanager
def scope() -> Iterator[Opened]:
    """Give a program its own resources inside `with`, and stop them all at its end."""
    opened = Opened()
    token = _opened.set(opened)
    try:
        yield opened
    finally:
        _opened.reset(token)
        opened.stop_all()


def stop_all() -> None:
    """Stop every resource that the program got and that still runs."""
    _here().stop_all()


def _here() -> Opened:
    opened = _opened.get()
    here = place.current()
    if opened is not None or here is None:
        return opened or _common
    if "resources" not in here.belongings:
        here.belongings.setdefault("resources", Opened())
    kept: Opened = here.belongings["resources"]
    return kept


def _give_name(resource: Any, name: str) -> None:
    if not getattr(resource, "name", None):
        with contextlib.suppress(AttributeError, TypeError):
            resource.name = name


def _extensions() -> dict[str, Any]:
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=GROUP)}
