"""The text on the wire of `/chat/completions`: a Request becomes a JSON body, a JSON body becomes a Reply."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from dana_poet.llm.faults import Fault, server_message
from dana_poet.llm.request import Reply, Usage
from dana_poet.llm.shape import is_closed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.llm.request import Request
    from dana_poet.settings import Secret

PATH = "/chat/completions"
ENDING = "it usually ends in /v1"

# Servers want an object at the root of a schema, so any other shape travels as its one field.
WRAPPER = "value"


def headers(key: Secret, organization: str) -> dict[str, str]:
    """Return the headers that carry the key."""
    found = {"Authorization": f"Bearer {key.reveal()}"} if key else {}
    return found | ({"OpenAI-Organization": organization} if organization else {})


def body_of(request: Request, without: frozenset[str]) -> dict[str, Any]:
    """Return the JSON body of a question.

    What the request leaves open is left to the server. `without` names the fields that the server refused.
    """
    tokens = "max_completion_tokens" if "max_tokens" in without else "max_tokens"
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
        "temperature": None if "temperature" in without else request.temperature,
        tokens: request.max_tokens,
        "seed": None if "seed" in without else request.seed,
    }
    if "response_format" not in without and request.schema is not None and is_composed(request.schema):
        body["response_format"] = response_format(request.schema, request.schema_name)
    return {field: value for field, value in body.items() if value is not None}


def refused_option(body: Mapping[str, Any], fault: Fault) -> str:
    """Return the field of `body` that the server refuses and that the question can go without, or the empty text.

    Servers without schemas say so in many words, so any refusal of a question with a schema is taken for that.
    """
    if fault.status not in {400, 422}:
        return ""
    if "max_tokens" in body and "max_completion_tokens" in fault.message:
        return "max_tokens"
    for option in ("seed", "temperature"):
        if option in body and option in fault.message:
            return option
    return "response_format" if "response_format" in body else ""


def is_composed(schema: Mapping[str, Any]) -> bool:
    """Whether a schema is worth sending: one number or word is asked for in words just as well."""
    return "anyOf" in schema or schema.get("type") in {"object", "array"}


def response_format(schema: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the `response_format` that asks for a schema, strict where the schema allows it."""
    sent = dict(schema) if schema.get("type") == "object" else _wrapped(schema)
    return {"type": "json_schema", "json_schema": {"name": name, "strict": is_closed(sent), "schema": sent}}


def _wrapped(schema: Mapping[str, Any]) -> dict[str, Any]:
    inner = dict(schema)
    definitions = inner.pop("$defs", None)
    return {
        "type": "object",
        "properties": {WRAPPER: inner},
        "required": [WRAPPER],
        "additionalProperties": False,
        **({"$defs": definitions} if definitions else {}),
    }


def without_wrapper(text: str) -> str:
    """Return the value that came wrapped, as JSON text; any other text as it is.

    >>> without_wrapper('{"value": [1, 2]}'), without_wrapper("[1, 2]")
    ('[1, 2]', '[1, 2]')
    """
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(said[WRAPPER]) if isinstance(said, dict) and set(said) == {WRAPPER} else text


def reply_of(text: str, content_type: str, body: Mapping[str, Any]) -> Reply:
    """Return the Reply that a 200 answer to `body` holds; Fault when it holds none."""
    said = parsed(text, content_type)
    choices = said.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        told = f": {server_message(text)}" if "error" in said else ""
        message = f"the model server answered without any choice{told}"
        raise Fault(message, "check the model and the server's log", reason="no_choice")
    answer = _content(choices[0].get("message"))
    return Reply(
        text=without_wrapper(answer) if "response_format" in body else answer,
        model=str(said.get("model") or body["model"]),
        usage=_usage(said.get("usage")),
        finish=str(choices[0].get("finish_reason") or "stop"),
    )


def parsed(text: str, content_type: str) -> dict[str, Any]:
    """Return the JSON object of a 200 answer; Fault when it is cut, or of another protocol."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        if "json" in content_type or not content_type:
            message = "the model server's answer is cut or is not JSON"
            raise Fault(message, "try again later", reason="bad_json", passing=True) from error
        raise Fault(
            f"the address does not speak the models' protocol: it answered with {content_type.partition(';')[0]}",
            "check DANA_LLM_BASE_URL (it usually ends in /v1)",
            reason="wrong_protocol",
        ) from error
    if not isinstance(said, dict):
        message = "the model server answered with JSON of another protocol"
        raise Fault(message, "check DANA_LLM_BASE_URL", reason="wrong_protocol")
    return said


def _content(message: Any) -> str:
    message = message if isinstance(message, dict) else {}
    content = message.get("content")
    if isinstance(content, list):  # some servers send the text in parts
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    if content:
        return str(content)
    if message.get("refusal"):
        raise Fault(f"the model refuses to answer: {message['refusal']}", "ask in another way", reason="refused")
    if message.get("tool_calls"):
        raise tool_fault()
    return ""


def _usage(said: Any) -> Usage:
    said = said if isinstance(said, dict) else {}
    return Usage(count(said.get("prompt_tokens")), count(said.get("completion_tokens")))


def tool_fault() -> Fault:
    """Return the fault of a model that wants to call something."""
    message = "the model asks for a tool instead of answering"
    return Fault(message, "use a model or server without tools", reason="tool_call")


def count(value: Any) -> int:
    """Return a number of tokens as the server says it, 0 for what is none."""
    return value if isinstance(value, int) and value > 0 else 0
