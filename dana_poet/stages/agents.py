"""Methods of an agent under `@poet(domain=..., learning=...)`: those that take parameters of the domain learn them."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from types import FunctionType
from typing import TYPE_CHECKING, Any

from dana_poet.stages.build import signature_of
from dana_poet.stages.decorator import wrapped
from dana_poet.stages.options import checked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.runtime.state import StateFolder


def learning_methods(
    agent: str, methods: Mapping[str, object], options: Mapping[str, Any], folder: Callable[[], StateFolder | None]
) -> dict[str, object]:
    """Return the methods of an agent; those with a default for a parameter that the domain learns are `@poet` functions.

    `folder` tells where the agent is kept, None where it is not: then what is learned goes with the process, too.
    """
    from dana_poet.domains import resolve

    domain = resolve(options["domain"])
    home = Home(folder)
    if domain.replay is None:
        return dict(methods)
    names = {one.name for one in domain.parameters}
    kept = {name: value for name, value in options.items() if name != "state"}
    return {name: _one(agent, one, kept, names, home) for name, one in methods.items()}


def _one(agent: str, method: object, options: dict[str, Any], names: set[str], home: Home) -> object:
    if not isinstance(method, FunctionType) or hasattr(method, "poet"):
        return method
    given = signature_of(method).parameters.values()
    if not any(one.name in names and one.default is not one.empty for one in given):
        return method
    method.__module__ = os.path.splitext(os.path.basename(method.__code__.co_filename))[0]
    method.__qualname__ = f"{agent}.{method.__name__}"
    made = wrapped(method, checked(dict(options)))
    made.poet.home = home
    return made


class Home:
    """Where an agent's methods keep what they learn."""

    def __init__(self, of_agent: Callable[[], StateFolder | None]) -> None:
        self._of_agent = of_agent
        self._lent = ""

    def kept(self) -> str | None:
        """Return the folder of the agent, None for one that is not kept."""
        found = self._of_agent()
        return found.path if found is not None else None

    def folder(self) -> str:
        """Return the folder of the agent, for one that is not kept a folder that goes with the process."""
        kept = self.kept()
        if kept is None and not self._lent:
            self._lent = tempfile.mkdtemp(prefix="dana-poet-")
            atexit.register(_removed, self._lent)
        return kept or self._lent


def _removed(folder: str) -> None:
    from dana_poet.learned import learned_in

    learned_in(folder).close()
    shutil.rmtree(folder, ignore_errors=True)
