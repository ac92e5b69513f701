"""The domain of language models: retries of model calls, empty answers, refusals, answers in JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dana_poet.domains import api, base
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.quantity import kinds_of
from dana_poet.domains.result_errors import PassingResultError, require_keys
from dana_poet.domains.template import template
from dana_poet.errors import PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

PROMPTS = frozenset("prompt question query instruction instructions".split())
LONGEST_REFUSAL = 700
"""Characters: a longer answer that begins with a regret goes on to answer."""
REFUSAL = re.compile(
    r"""\s*(?:(?:i'?m|i\ am)\ (?:very\ |so\ |really\ |truly\ )?sorry|sorry|(?:my\ )?apologies|unfortunately|i\ apologi[sz]e)?
    [\s,.!:-]*(?:but\ )?
    (?:as\ an?\ (?:responsible\ )?(?:ai|artificial\ intelligence|(?:large\ )?language\ model)[^,.]{0,40},?\ )?
    i\ ?(?:'m|am|'ll)?\ ?(?:can't|cannot|can\ not|won't|will\ not|unable\ to|not\ able\ to|must\ decline|decline)\ ?
    (?:be\ able\ to\ )?(?:to\ )?
    (?:help(?!\ but)|assist|comply|provide|answer|do\ (?:that|this)|fulfill?|create|generate|discuss|engage|support\ (?:that|this)
    |continue\ with|write|produce|participate)\b""",
    re.IGNORECASE | re.VERBOSE,
)
FENCE = "```"


def is_refusal(answer: str) -> bool:
    """Whether a model says that it will not answer.

    >>> is_refusal("I'm sorry, but I can't help with that."), is_refusal("I can help: restart it.")
    (True, False)
    """
    if len(answer) > LONGEST_REFUSAL:
        return False
    return REFUSAL.match(answer.replace("\u2019", "'").replace("\u2014", ", ")) is not None


def transient(error: BaseException) -> bool:
    """Whether asking again may help: what passes for a service, and what the model's client says passes."""
    return bool(getattr(error, "passing", False)) or api.transient(error)


def wait(error: BaseException, _attempt: int) -> float | None:
    """Return the wait in seconds that the server asked for, or None."""
    asked = getattr(error, "wait_seconds", None)
    return float(asked) if isinstance(asked, (int, float)) else api.retry_after(error)


def prepare(call: Call) -> Mapping[str, Any]:
    """Refuse an empty prompt; change nothing."""
    for name, value in call.arguments.items():
        if name in PROMPTS and isinstance(value, str) and not value.strip():
            raise PoetValidationError(f"{call.function}: parameter '{name}' takes a prompt, got an empty text")
    return {}


def enforce(result: Any, call: Call) -> Any:
    """Return the answer, read as JSON where the return hint is a mapping or a list. Empty answers pass, refusals do not."""
    if result is None or not isinstance(result, str):
        if isinstance(result, dict):
            require_keys(result, call.options.get("required_keys"), call.function)
        return result
    if not result.strip():
        raise PassingResultError(f"the model's answer in {call.function} is empty")
    if call.options.get("refusals", "refuse") == "refuse" and is_refusal(result):
        raise PoetValidationError(
            f"the model refused in {call.function}", hint='change the prompt; refusals="keep" returns them as they are'
        )
    kinds = kinds_of(call.returns)
    if kinds & {dict, list} and str not in kinds:
        return _as_json(result, call, kinds)
    if call.options.get("format") == "json":
        _as_json(result, call, {dict, list, str, int, float, bool, type(None)})
    return result


def _as_json(answer: str, call: Call, kinds: set[Any]) -> Any:
    try:
        value = read_json(answer)
    except ValueError as error:
        raise PassingResultError(f"the model's answer in {call.function} is no JSON: {error}") from None
    if type(value) not in kinds:
        raise PassingResultError(
            f"the model's answer in {call.function} is a JSON {type(value).__name__}, not what its hint says"
        )
    if isinstance(value, dict):
        lacking = call.options.get("required_keys")
        try:
            require_keys(value, lacking, call.function)
        except PoetValidationError as error:
            raise PassingResultError(error.message, hint=error.hint) from None
    return value


def read_json(answer: str) -> Any:
    """Return the JSON of an answer that is nothing but JSON, with or without one fence around. ValueError otherwise.

    >>> read_json('```json\\n{"a": 1}\\n```')
    {'a': 1}
    """
    import json

    text = answer.strip()
    if text.startswith(FENCE) and text.endswith(FENCE) and text.count(FENCE) == 2:
        language, _, text = text[len(FENCE) : -len(FENCE)].partition("\n")
        text = text if language.strip().lower() in {"", "json"} else answer
    return json.loads(text, parse_constant=_no_constant)


def _no_constant(text: str) -> Any:
    raise ValueError(f"{text} is no JSON number")


def text_of(result: Any) -> str | None:
    """Return the answer of a result: itself, or its entry answer, response, reply, message, content or text."""
    if isinstance(result, str):
        return result
    names = ("answer", "response", "reply", "message", "content", "text")
    found = (result.get(name) if isinstance(result, dict) else getattr(result, name, None) for name in names)
    return next((one for one in found if isinstance(one, str)), None)


def answer_length(result: Any, _call: Call) -> float | None:
    """Return the characters of an answer."""
    text = text_of(result)
    return None if text is None else float(len(text))


def answered(result: Any, _call: Call) -> float | None:
    """Return 1 for an answer, 0 for a refusal or nothing."""
    text = text_of(result)
    return None if text is None else float(bool(text.strip()) and not is_refusal(text))


OPTIONS = {
    "format": OptionSpec("what the answer must be", "text", choices=("text", "json")),
    "required_keys": OptionSpec("names that every JSON answer must have", "list"),
    "refusals": OptionSpec("what becomes of a refusal", "text", "refuse", choices=("refuse", "keep")),
}
DOMAIN = Domain(
    name="llm",
    summary="retries of model calls; empty answers, refusals, answers in JSON",
    template=template("llm"),
    options=OPTIONS,
    defaults={"retries": 2, "timeout": 30.0},
    grants=frozenset({"model", "recover", "coerce", "clock"}),
    imports=frozenset({"json", "re", "time"}),
    prepare=prepare,
    enforce=enforce,
    transient=transient,
    wait=wait,
    metrics={**base.METRICS, "answer_length": answer_length, "answered": answered},
    parameters=(
        Learnable("retries", 2, 0, 5, summary="attempts after the first"),
        Learnable("timeout", 30.0, 1.0, 300.0, unit="s", summary="deadline of a call"),
    ),
    plugin="llm",
)
