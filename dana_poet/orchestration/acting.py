"""What decisions come to where versions are kept: a generation begins in this process, a version is taken back in the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.orchestration.patterns import Patterns


class NobodyHereError(Exception):
    """Nobody in this process can do what was decided: the event that asks for it stays for who can."""


def regenerate(function: str, patterns: Patterns) -> str:
    """Let the function write a better version of itself; it has to be loaded in this process and have a generator."""
    from dana_poet.codegen.lifecycle import live

    lifecycle = live(function)
    if lifecycle is not None and lifecycle.settings.domain == "prompt_optimization":
        from dana_poet.orchestration.prompting import better_prompt

        version = better_prompt(lifecycle)
        if version is not None:
            return f"version {version.number} has another prompt: {version.notes}"
    begun = lifecycle.regenerate(patterns.sentences()) if lifecycle is not None else "off"
    if begun in ("off", "busy"):
        raise NobodyHereError
    return f"a generation is {'on its way' if begun == 'running' else begun}"


def rolling_back(folder: str) -> Callable[[str, Any, str], str]:
    """Return what puts an earlier version of a function of this folder in force."""

    def roll_back(function: str, version: Any, reason: str) -> str:
        from dana_poet.codegen.lifecycle import live
        from dana_poet.codegen.versions import VersionStore

        history = next((one for one in VersionStore(folder).histories() if one.name == function), None)
        if history is None:
            raise NobodyHereError
        try:
            now = history.rollback(version if isinstance(version, int) else None, reason)
        except StateError as error:
            return f"not taken back: {error.message}"
        if (lifecycle := live(function)) is not None:
            lifecycle.refresh()
        return f"version {now.number} serves again" if now is not None else "the original serves again"

    return roll_back
