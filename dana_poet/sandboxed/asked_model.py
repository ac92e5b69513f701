"""In the worker: the language model of the host, asked through the host; or why there is none."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from dana_poet.errors import LLMError, LLMNotConfigured
from dana_poet.llm.request import Reply

if TYPE_CHECKING:
    from dana_poet.llm.request import Request
    from dana_sandbox.handling import Host


class AskedModel:
    """Hands each question to the host, which asks the model that its user named."""

    def __init__(self, host: Host) -> None:
        self._ask = host.ask

    def complete(self, request: Request) -> Reply:
        """Return the answer of the host's model; LLMError with what the host says about a failure."""
        said = self._ask("ask_model", {
            "messages": [[message.role, message.content] for message in request.messages],
            "temperature": request.temperature, "max_tokens": request.max_tokens,
            "schema": request.schema, "schema_name": request.schema_name,
        })  # fmt: skip
        if "error" in said:
            raise _failure(said["kind"], said["error"], said["hint"])
        return Reply(text=said["text"], model=said["model"], finish=said["finish"])


def _failure(kind: str, message: str, hint: str) -> Exception:
    """Return the error of a question: Python's own where the model failed with one that programs know."""
    native = vars(builtins).get(kind)
    if isinstance(native, type) and issubclass(native, Exception):
        return native(message)
    return LLMError(message, hint=hint)


class NoModel:
    """Stands where a model would, and says how to get one."""

    def complete(self, request: Request) -> Reply:
        """Raise LLMNotConfigured."""
        del request
        raise LLMNotConfigured(
            "a program in the sandbox asks a language model only when its user names one",
            hint="name it with --llm MODEL; DANA_MOCK_LLM=true answers without a model",
        )
