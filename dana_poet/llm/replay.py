"""Models without a server: answers that were recorded into files, and any function as a model."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from dana_poet.errors import LLMError, StateError
from dana_poet.llm.request import Reply, Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.llm.client import LanguageModel
    from dana_poet.llm.request import Request

FORMAT = 1


class CallableClient:
    """A language model that is one function of the request; what it returns is the text, or a whole Reply.

    >>> from dana_poet.llm.request import Message, Request
    >>> model = CallableClient(lambda request: request.prompt.upper())
    >>> model.complete(Request(messages=(Message("user", "hi"),))).text
    'HI'
    """

    def __init__(self, fn: Callable[[Request], str | Reply], *, name: str = "callable") -> None:
        self.fn, self.model = fn, name

    def complete(self, request: Request) -> Reply:
        """Return what the function says. What it raises goes on to the caller."""
        said = self.fn(request)
        return said if isinstance(said, Reply) else Reply(text=said, model=self.model)


class ReplayClient:
    """Gives the answers that stand in the JSON files of `folder`, one for each question, and never asks a server.

    With `record`, a model, a question without a file is asked once and its answer is written. Without it, LLMError
    (reason "not_recorded") names the file that is missing. The key of a question is `request_key`.

    >>> import tempfile
    >>> from dana_poet.llm.request import Message, Request
    >>> question = Request(messages=(Message("user", "hi"),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = ReplayClient(folder, record=CallableClient(lambda request: "hello")).complete(question)
    ...     ReplayClient(folder).complete(question).text
    'hello'
    """

    def __init__(self, folder: str | os.PathLike[str], *, record: LanguageModel | None = None) -> None:
        self.folder = os.fspath(folder)
        self.record = record
        self.model = str(getattr(record, "model", "replay"))

    def complete(self, request: Request) -> Reply:
        """Return the recorded answer. StateError when its file is damaged."""
        key = request_key(request)
        path = os.path.join(self.folder, f"{key}.json")
        found = _read(path)
        if found is not None:
            return found
        if self.record is None:
            raise _missing(path, request)
        reply = self.record.complete(request)
        _write(path, request, reply)
        return reply


def request_key(request: Request) -> str:
    """Return the SHA-256 of a question as canonical JSON: messages, model, temperature, seed and schema.

    Limits of time, tokens and retries do not count: they bound an answer and ask for no other.

    >>> from dana_poet.llm.request import Message, Request
    >>> one = Request(messages=(Message("user", "hi"),))
    >>> request_key(one) == request_key(Request(messages=one.messages, max_tokens=5))
    True
    """
    return hashlib.sha256(_canonical(request).encode("utf-8", "surrogatepass")).hexdigest()


def _asked(request: Request) -> dict[str, Any]:
    return {
        "messages": [[message.role, message.content] for message in request.messages],
        "model": request.model,
        "temperature": request.temperature,
        "seed": request.seed,
        "schema": request.schema,
    }


def _canonical(request: Request) -> str:
    return json.dumps(_asked(request), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _missing(path: str, request: Request) -> LLMError:
    start = " ".join(request.prompt.split())[:100]
    error = LLMError(
        f"no answer is recorded for this question: {os.path.basename(path)} is not in {os.path.dirname(path)}",
        hint=f"record it once with ReplayClient(folder, record=model); the question begins {start!r}",
    )
    error.reason = "not_recorded"
    return error


def _read(path: str) -> Reply | None:
    try:
        with open(path, encoding="utf-8") as file:
            said = json.load(file)
        reply, usage = said["reply"], said["reply"]["usage"]
        return Reply(
            text=_text(reply["text"]),
            model=_text(reply["model"]),
            usage=Usage(int(usage[0]), int(usage[1])),
            finish=_text(reply["finish"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise StateError(f"the recorded answer {path} is damaged", hint="delete it and record it again") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


def _write(path: str, request: Request, reply: Reply) -> None:
    usage = [reply.usage.input_tokens, reply.usage.output_tokens]
    answer = {"text": reply.text, "model": reply.model, "usage": usage, "finish": reply.finish}
    text = json.dumps({"format": FORMAT, "request": _asked(request), "reply": answer}, indent=1)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    # Whole or not at all: two processes may record the same answer, and either may be killed.
    aside = f"{path}.{os.getpid()}.part"
    with open(aside, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(aside, path)
