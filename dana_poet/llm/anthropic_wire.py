"""The text on the wire of `/v1/messages`: a Request becomes a JSON body, a JSON body becomes a Reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.llm.faults import Fault, server_message
from dana_poet.llm.request import Reply, Usage
from dana_poet.llm.wire import count, parsed, tool_fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.llm.request import Request
    from dana_poet.settings import Secret

PATH = "/v1/messages"
ENDING = "without /v1, as in https://api.anthropic.com"
VERSION = "2023-06-01"
USUAL_TOKENS = 4096
HOTTEST = 1.0

# Our words for why a model stopped are those of the other protocol.
_FINISHES = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length"}


def headers(key: Secret, _organization: str) -> dict[str, str]:
    """Return the headers that carry the key."""
    return {"anthropic-version": VERSION} | ({"x-api-key": key.reveal()} if key else {})


def body_of(request: Request, without: frozenset[str]) -> dict[str, Any]:
    """Return the JSON body of a question; what the system says travels apart from the turns."""
    told = "\n\n".join(message.content for message in request.messages if message.role == "system")
    turns = [
        {"role": message.role, "content": message.content} for message in request.messages if message.role != "system"
    ]
    temperature = None if request.temperature is None else min(request.temperature, HOTTEST)
    body: dict[str, Any] = {
        "model": request.model,
        # A conversation has to begin with the user.
        "messages": turns or [{"role": "user", "content": told}],
        "max_tokens": request.max_tokens or USUAL_TOKENS,
        "system": (told or None) if turns else None,
        "temperature": None if "temperature" in without else temperature,
    }
    return {field: value for field, value in body.items() if value is not None}


def refused_option(body: Mapping[str, Any], fault: Fault) -> str:
    """Return `temperature` where a model says that it takes none, else the empty text."""
    named = fault.status == 400 and "temperature" in body and "temperature" in fault.message
    return "temperature" if named else ""


def reply_of(text: str, content_type: str, body: Mapping[str, Any]) -> Reply:
    """Return the Reply that a 200 answer to `body` holds; Fault when it holds none."""
    said = parsed(text, content_type)
    content = said.get("content")
    if not isinstance(content, list):
        told = f": {server_message(text)}" if "error" in said else ""
        message = f"the model server answered without any content{told}"
        raise Fault(message, "check the model and the server's log", reason="no_choice")
    parts = [part for part in content if isinstance(part, dict)]
    answer = "".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")
    stopped = str(said.get("stop_reason") or "end_turn")
    _check_answer(answer, stopped)
    return Reply(
        text=answer,
        model=str(said.get("model") or body["model"]),
        usage=_usage(said.get("usage")),
        finish=_FINISHES.get(stopped, stopped),
    )


def _check_answer(answer: str, stopped: str) -> None:
    if stopped == "refusal":
        said = f": {answer[:200]}" if answer else ""
        raise Fault(f"the model refuses to answer{said}", "ask in another way", reason="refused")
    if stopped == "tool_use" and not answer:
        raise tool_fault()


def _usage(said: Any) -> Usage:
    """Count what was read from and written to the server's cache as input too: it is paid for."""
    said = said if isinstance(said, dict) else {}
    fields = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return Usage(sum(count(said.get(field)) for field in fields), count(said.get("output_tokens")))
