"""The seam to language models: anything with `complete` is one; `acomplete` asks any of them from async code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from dana_poet.llm.request import Reply, Request


class LanguageModel(Protocol):
    """Answers one request at a time, from any thread. Raises LLMError when there is no usable answer."""

    def complete(self, request: Request) -> Reply:
        """Return the model's answer; blocks until it is there or the deadline is over."""
        ...


@runtime_checkable
class AsyncLanguageModel(LanguageModel, Protocol):
    """A language model that can also be awaited, without a thread for each question."""

    async def acomplete(self, request: Request) -> Reply:
        """Return the model's answer; cancelling gives the question up."""
        ...


async def acomplete(model: LanguageModel, request: Request) -> Reply:
    """Ask `model` from async code: natively when it can, in a worker thread otherwise."""
    if isinstance(model, AsyncLanguageModel):
        return await model.acomplete(request)
    import asyncio

    return await asyncio.to_thread(model.complete, request)
