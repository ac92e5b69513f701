"""What a call of a model tells by itself: time, tokens, cost, length, format, refusal, signs of confidence.

`with observed() as calls:` watches the model that `reason`, `llm` and `current_model()` use, in this thread or task;
`ObservedModel(client)` watches any client that has `complete(Request) -> Reply`.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.domains.llm import is_refusal, read_json
from dana_poet.domains.prompt_optimization import CHARACTERS_PER_TOKEN, SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dana_poet.llm.client import LanguageModel
    from dana_poet.llm.request import Reply, Request

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """One call of a model. `seconds` is wall time, `cost_usd` None without prices, `estimated` tokens counted by nobody."""

    prompt: str
    answer: str
    seconds: float
    prompt_tokens: int
    completion_tokens: int
    estimated: bool
    cost_usd: float | None = None

    @property
    def tokens(self) -> int:
        """Tokens in and out together."""
        return self.prompt_tokens + self.completion_tokens

    @property
    def refused(self) -> bool:
        """Whether the model says that it will not answer."""
        return is_refusal(self.answer)

    @property
    def confidence(self) -> bool:
        """Whether the answer says how certain it is."""
        return re.search(SIGNS["confidence"], self.answer, re.IGNORECASE) is not None

    def measures(self) -> dict[str, float]:
        """Return the measures by the names of objectives and of events."""
        found = {
            "tokens": float(self.completion_tokens), "seconds": self.seconds, "length": float(len(self.answer)),
            "refused": float(self.refused), "confidence": float(self.confidence),
        }  # fmt: skip
        return found if self.cost_usd is None else {**found, "cost_usd": self.cost_usd}


class ObservedModel:
    """A model that keeps what its calls tell, in `calls`. Prices are US dollars for a million tokens.

    >>> from dana_poet.llm import Message, Request, ScriptedModel
    >>> model = ObservedModel(ScriptedModel(["It is 90 % likely."]))
    >>> _ = model.complete(Request(messages=(Message("user", "Will it rain?"),)))
    >>> model.calls[0].confidence
    True
    """

    def __init__(
        self, model: LanguageModel, *, price_in: float | None = None, price_out: float | None = None,
        calls: list[Measured] | None = None,
    ) -> None:  # fmt: skip
        self.model, self.price_in, self.price_out = model, price_in, price_out
        self.calls: list[Measured] = [] if calls is None else calls

    def complete(self, request: Request) -> Reply:
        """Return the model's answer, and keep what it tells. What the model raises is raised."""
        begun = time.perf_counter()
        reply = self.model.complete(request)
        self._keep(request, reply, time.perf_counter() - begun)
        return reply

    async def acomplete(self, request: Request) -> Reply:
        """Return the model's answer, and keep what it tells."""
        from dana_poet.llm.client import acomplete

        begun = time.perf_counter()
        reply = await acomplete(self.model, request)
        self._keep(request, reply, time.perf_counter() - begun)
        return reply

    def _keep(self, request: Request, reply: Reply, seconds: float) -> None:
        asked = "\n".join(message.content for message in request.messages)
        used = reply.usage
        known = bool(used.input_tokens or used.output_tokens)
        tokens_in = used.input_tokens if known else round(len(asked) / CHARACTERS_PER_TOKEN)
        tokens_out = used.output_tokens if known else round(len(reply.text) / CHARACTERS_PER_TOKEN)
        cost = None
        if self.price_in is not None and self.price_out is not None:
            cost = (tokens_in * self.price_in + tokens_out * self.price_out) / MILLION
        self.calls.append(Measured(asked, reply.text, seconds, tokens_in, tokens_out, not known, cost))


@contextmanager
def observed(
    model: LanguageModel | None = None, *, price_in: float | None = None, price_out: float | None = None
) -> Iterator[list[Measured]]:
    """Watch the model that answers here, `model` or the one in force; prices default to those of the settings.

    >>> from dana_poet.llm import Message, Request, ScriptedModel, current_model
    >>> with observed(ScriptedModel(["yes"])) as calls:
    ...     _ = current_model().complete(Request(messages=(Message("user", "Is it?"),)))
    >>> calls[0].answer
    'yes'
    """
    from dana_poet.llm.choose import current_model, use_model
    from dana_poet.settings import current_settings

    settings = current_settings().llm
    watched = ObservedModel(
        model if model is not None else current_model(),
        price_in=settings.price_in if price_in is None else price_in,
        price_out=settings.price_out if price_out is None else price_out,
    )
    with use_model(watched):
        yield watched.calls


def compliance(
    answer: str, *, json: bool = False, keys: Sequence[str] = (), choices: Sequence[str] = (),
    schema: Mapping[str, Any] | None = None, longest: int | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """Return what of the format an answer lacks, as sentences; empty when it complies.

    `schema` is a JSON schema of which type, required, enum and properties are looked at.

    >>> compliance('{"mood": "sad"}', keys=["mood", "why"])
    ('the key why is missing',)
    >>> compliance("perhaps", choices=["yes", "no"])
    ('the answer is none of yes, no',)
    """
    found = []
    if longest is not None and len(answer) > longest:
        found.append(f"the answer has {len(answer)} characters, more than {longest}")
    if choices and answer.strip().strip("\"'.").lower() not in {one.lower() for one in choices}:
        found.append(f"the answer is none of {', '.join(choices)}")
    if json or keys or schema is not None:
        try:
            value = read_json(answer)
        except ValueError:
            return (*found, "the answer is no JSON")
        names = value if isinstance(value, dict) else {}
        found += [f"the key {key} is missing" for key in keys if key not in names]
        found += _against(value, schema or {}, "the answer")
    return tuple(found)


TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "boolean": bool,
    "null": type(None),
}  # fmt: skip


def _against(value: Any, schema: Mapping[str, Any], place: str) -> list[str]:
    kind = schema.get("type")
    wrong = isinstance(kind, str) and not isinstance(value, TYPES.get(kind, object))
    if wrong or (kind in ("number", "integer") and isinstance(value, bool)):
        return [f"{place} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{place} is none of {', '.join(map(str, schema['enum']))}"]
    if not isinstance(value, dict):
        return []
    found = [f"the key {key} is missing" for key in schema.get("required", ()) if key not in value]
    for key, inner in schema.get("properties", {}).items():
        found += _against(value[key], inner, key) if key in value else []
    return found
