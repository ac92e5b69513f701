"""The domain of prompts that are to become better: objectives, limits of tokens, time and cost, and what to improve."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dana_poet.domains import base, llm
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.result_errors import PassingResultError
from dana_poet.domains.results import entry, number
from dana_poet.domains.template import template

if TYPE_CHECKING:
    from collections.abc import Mapping

CHARACTERS_PER_TOKEN = 4.0
"""The usual estimate for English text, where nobody counted."""
TOKEN_BUDGET = 500.0
SIGNS = {
    "recommendation": r"\b(?:you (?:can|could|should)|try|recommend|suggest|next step|please|first,)",
    "alternative": r"\b(?:alternatively|or you|another (?:way|option)|option \d|instead|either)\b",
    "reason": r"\b(?:because|since|therefore|the reason|due to|so that)\b",
    "confidence": r"\b(?:confiden(?:t|ce)|likely|certain|probably|\d{1,3} ?%)",
}
"""What makes an answer something that a reader can act on."""
PROMPT_SIGNS = {
    "has_examples": r"\b(?:for example|examples?|e\.g\.)",
    "has_role": r"\b(?:you are|act as|as an? )",
    "has_format": r"\b(?:format|json|xml|list|table)\b",
    "has_constraints": r"\b(?:must|should|ensure|at most|only)\b",
}
FOCUS = {
    "accuracy": (
        "state criteria and definitions", "ask for the reasons before the answer", "give examples of hard cases",
        "name the edge cases",
    ),
    "efficiency": ("shorten the instructions", "drop what is said twice", "ask for a compact, structured format"),
    "helpfulness": (
        "ask for what to do next", "ask for alternatives", "ask how certain the answer is", "ask for the reasons",
    ),
}  # fmt: skip
"""What to change in a prompt when an objective misses its target."""
TARGETS = {"accuracy": 0.8, "efficiency": 0.0, "helpfulness": 0.5}


def prompt_features(prompt: str) -> dict[str, float]:
    """Return what a prompt has: its length in characters, and 1 or 0 for examples, a role, a format, constraints.

    >>> prompt_features("You are a judge. Answer in JSON.")["has_format"]
    1.0
    """
    signs = {name: float(re.search(sign, prompt, re.IGNORECASE) is not None) for name, sign in PROMPT_SIGNS.items()}
    return {"length": float(len(prompt)), **signs}


def focus(measured: Mapping[str, float], targets: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """Return what to change in a prompt: the advice for every objective whose mean is below its target.

    >>> focus({"accuracy": 0.72}, {"accuracy": 0.9})[0]
    'state criteria and definitions'
    """
    wanted = {**TARGETS, **(targets or {})}
    missed = [name for name, value in measured.items() if name in FOCUS and value < wanted[name]]
    return tuple(dict.fromkeys(line for name in missed for line in FOCUS[name]))


def tokens(result: Any, _call: Call) -> float | None:
    """Return the tokens of an answer: as the result reports them, else estimated from its length.

    >>> tokens("a" * 40, Call("ask"))
    10.0
    """
    reported = (
        number(entry(result, "tokens", "total_tokens", "completion_tokens")) if not isinstance(result, str) else None
    )
    if reported is not None:
        return reported
    text = llm.text_of(result)
    return None if text is None else len(text) / CHARACTERS_PER_TOKEN


def cost(result: Any, call: Call) -> float | None:
    """Return the cost of a call: as the result reports it, else tokens by `price_per_1k_tokens`; None without a price."""
    reported = number(entry(result, "cost", "cost_usd")) if not isinstance(result, str) else None
    price, used = call.options.get("price_per_1k_tokens"), tokens(result, call)
    if reported is not None or price is None or used is None:
        return reported
    return used * float(price) / 1000.0


def response_time(_result: Any, call: Call) -> float:
    """Return the seconds of a call."""
    return call.seconds


def accuracy(result: Any, call: Call) -> float | None:
    """Return what the user's `scorer(result, arguments)` says, from 0 to 1; None without one: feedback tells it then."""
    scorer = call.options.get("scorer")
    return None if scorer is None else number(scorer(result, dict(call.arguments)))


def efficiency(result: Any, call: Call) -> float | None:
    """Return the share of the token budget that an answer leaves; below 0 when it takes more.

    >>> efficiency("a" * 400, Call("ask", {}, {"constraints": {"max_tokens": 200}}))
    0.5
    """
    used, budget = tokens(result, call), _limit(call.options, "max_tokens") or TOKEN_BUDGET
    return None if used is None else 1.0 - used / budget


def helpfulness(result: Any, _call: Call) -> float | None:
    """Return which share of recommendation, alternative, reason and confidence an answer has.

    >>> helpfulness("Try a restart, because the cache is stale.", Call("help"))
    0.5
    """
    text = llm.text_of(result)
    if text is None:
        return None
    return sum(re.search(sign, text, re.IGNORECASE) is not None for sign in SIGNS.values()) / len(SIGNS)


def enforce(result: Any, call: Call) -> Any:
    """Return the answer as the llm domain does, within the limits of tokens and cost."""
    result = llm.enforce(result, call)
    for name, metric, unit in (("max_tokens", tokens, "tokens"), ("cost_per_call", cost, "of cost")):
        limit, measured = _limit(call.options, name), metric(result, call)
        if limit is not None and measured is not None and measured > limit:
            raise PassingResultError(
                f"the answer of {call.function} takes {measured:g} {unit}, more than {limit:g}",
                hint=f"ask for a shorter answer, or raise {name}",
            )
    return result


def derive(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the deadline that follows from `constraints={"response_time": seconds}`."""
    limit = _limit(settings, "response_time")
    return {} if limit is None else {"timeout": limit}


def _limit(options: Mapping[str, Any], name: str) -> float | None:
    constraints = options.get("constraints")
    return number(constraints.get(name)) if isinstance(constraints, dict) else None


DOMAIN = Domain(
    name="prompt_optimization",
    summary="accuracy, efficiency and helpfulness of prompts, under limits of tokens, time and cost",
    template=template("prompt_optimization"),
    options={
        **llm.OPTIONS,
        "price_per_1k_tokens": OptionSpec("price of 1000 tokens, for the cost of a call", "number", low=0),
        "scorer": OptionSpec("function(result, arguments) that returns accuracy from 0 to 1", "function"),
    },
    defaults={"retries": 2, "timeout": 30.0},
    grants=llm.DOMAIN.grants,
    imports=llm.DOMAIN.imports,
    prepare=llm.prepare,
    enforce=enforce,
    transient=llm.transient,
    wait=llm.wait,
    derive=derive,
    metrics={
        **base.METRICS, "accuracy": accuracy, "efficiency": efficiency, "helpfulness": helpfulness, "tokens": tokens,
        "cost": cost, "response_time": response_time, "answered": llm.answered,
    },
    objectives={
        "accuracy": {"target": TARGETS["accuracy"]}, "helpfulness": {"target": TARGETS["helpfulness"]},
        "efficiency": {"target": TARGETS["efficiency"]}, "cost": {"minimize": True}, "response_time": {"minimize": True},
    },
    parameters=(
        Learnable("reasoning", "none", choices=("none", "brief", "step_by_step"), summary="how much reasoning a prompt asks for"),
        Learnable("examples", 2, 0, 8, summary="examples that a prompt shows"),
        Learnable("token_budget", TOKEN_BUDGET, 50.0, 4000.0, unit="tokens", summary="length of an answer"),
    ),
    plugin="llm",
)  # fmt: skip
