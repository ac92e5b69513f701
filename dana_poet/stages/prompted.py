"""Versions of a function that differ from it in the text of a prompt alone: they run in this process, as the function does."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.runner import CandidateError
from dana_poet.errors import DanaError

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.codegen.lifecycle import Lifecycle
    from dana_poet.codegen.versions import Version


class Prompted:
    """Runs a function whose prompt was exchanged. What it raises is what the original would have raised."""

    acted = True

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self._call = self._awaited if inspect.iscoroutinefunction(function) else self._plain

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it."""
        return self._call(args, kwargs)

    def _plain(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            return self.function(*args, **kwargs)
        except Exception as error:  # whatever a model raises is the original's own business
            raise _own(error) from error

    async def _awaited(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            return await self.function(*args, **kwargs)
        except Exception as error:
            raise _own(error) from error

    def close(self) -> None:
        """There is nothing to end."""


def inside(lifecycle: Lifecycle, version: Version) -> Prompted | None:
    """Return what runs a version of which it can be proven that only its prompt is another one; None for any other."""
    from dana_poet.prompts.source import PromptSource, compiled

    try:
        text = version.source()
        if PromptSource.of_original(lifecycle.original).why_other(text):
            return None
        return Prompted(compiled(lifecycle.function, text))
    except DanaError:
        return None


def _own(error: Exception) -> CandidateError:
    message = f"{type(error).__name__}: {error}"
    return CandidateError("error", message, acted=True, exception=error, of_original=True)
