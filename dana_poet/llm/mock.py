"""The deterministic mock model of `DANA_MOCK_LLM=true`: the same answer to the same question, free and offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.llm.request import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.llm.request import Request

PROMPT_CHARACTERS = 100
LIST_ITEMS = 3
# Below this a list in the sample is empty, so that a struct that contains itself ends.
DEEPEST = 4


class MockModel:
    """Answers every request: a sample of the wanted shape as JSON, or a sentence that repeats the prompt's beginning.

    >>> from dana_poet.llm.request import Message, Request
    >>> MockModel().complete(Request(messages=(Message("user", "Why?"),), schema={"type": "integer"})).text
    '42'
    """

    def complete(self, request: Request) -> Reply:
        """Return the mock answer; it depends on the request alone."""
        return Reply(text=_text(request), model="mock")

    async def acomplete(self, request: Request) -> Reply:
        """Return the mock answer; it depends on the request alone."""
        return self.complete(request)


def _text(request: Request) -> str:
    if request.schema is None:
        return mock_text(request.prompt)
    import json

    return json.dumps(sample(request.schema))


def mock_text(prompt: str) -> str:
    """Return the mock's answer in words, with the first 100 characters of `prompt`."""
    more = "..." if len(prompt) > PROMPT_CHARACTERS else ""
    return f"This is a mock response. A configured model would answer: {prompt[:PROMPT_CHARACTERS]}{more}"


def sample(schema: Mapping[str, Any]) -> Any:
    """Return a value that fits `schema`, always the same one.

    >>> sample({"type": "object"}), sample({"type": "array", "items": {"type": "integer"}})
    ({'result': 'mock_data', 'status': 'success'}, [42, 42, 42])
    """
    return _Sampler(schema).value(schema, "item", 0)


class _Sampler:
    """Walks one schema; `$ref` is looked up in its root."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    def value(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        """Return the sample for one place of the schema; `name` is what texts there are called."""
        if "$ref" in schema:
            return None if depth >= DEEPEST else self.value(self._referred(schema["$ref"]), name, depth)
        if "anyOf" in schema:
            choices = [choice for choice in schema["anyOf"] if choice.get("type") != "null"]
            return self.value(choices[0], name, depth) if choices and depth < DEEPEST else None
        match schema.get("type"):
            case "array":
                return self._array(schema, name, depth)
            case "object":
                return self._object(schema, depth)
            case kind:
                return _SCALARS.get(kind, f"mock_{name}")

    def _referred(self, reference: str) -> Mapping[str, Any]:
        found: Any = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            found = found[step] if step else found
        return found  # type: ignore[no-any-return]

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        if "prefixItems" in schema:
            return [self.value(item, name, depth + 1) for item in schema["prefixItems"]]
        items = schema.get("items", {})
        composed = "$ref" in items or "anyOf" in items
        if not composed and items.get("type", "string") == "string":
            return [f"{name}{number}" for number in range(1, LIST_ITEMS + 1)]
        if depth >= DEEPEST - 1 and (composed or items.get("type") in {"array", "object"}):
            return []
        return [self.value(items, name, depth + 1) for _ in range(LIST_ITEMS)]

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        if "properties" in schema:
            return {name: self.value(field, name, depth + 1) for name, field in schema["properties"].items()}
        values = schema.get("additionalProperties")
        if not isinstance(values, dict) or values in ({}, {"type": "string"}):
            return {"result": "mock_data", "status": "success"}
        return {name: self.value(values, name, depth + 1) for name in ("result", "status")}


_SCALARS: dict[Any, Any] = {"integer": 42, "number": 3.14, "boolean": False, "null": None}
