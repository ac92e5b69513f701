"""The domain of customer service: tone and urgency of what a customer writes, professional language in the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dana_poet.domains import base, llm
from dana_poet.domains.domain import Call, Domain, Learnable
from dana_poet.domains.option import OptionSpec
from dana_poet.domains.result_errors import PassingResultError
from dana_poet.domains.template import template
from dana_poet.errors import PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping

MESSAGES = (
    "message",
    "query",
    "question",
    "complaint",
    "email",
    "ticket",
    "text",
    "customer_message",
    "inquiry",
    "request",
)
UPSET = frozenset(
    "angry annoyed appalled awful complaint complain disappointed disappointing disaster disgusted disgusting fed frustrated"
    " frustrating furious hate horrible incompetent infuriating joke lawyer livid outrageous ridiculous rude scam shocking sue"
    " terrible unacceptable unbelievable upset useless worst nightmare pathetic insulting".split()
)
PLEASED = frozenset(
    "thanks thank great excellent love wonderful appreciate perfect awesome happy brilliant fantastic pleased delighted".split()
)
URGENT = frozenset(
    "asap urgent urgently immediately emergency now today tonight deadline critical blocked outage down hurry".split()
)
NEGATIONS = frozenset("not no never isn't wasn't don't didn't can't cannot hardly".split())
UNPROFESSIONAL = re.compile(
    r"""\b(?:idiots?|stupid|morons?|dumb|shut\ up|damn|hell\ no|crap|bullshit|shit\w*|fuck\w*|bastards?|wtf|lol
    |your\ (?:own\ )?fault|not\ (?:my|our)\ problem|calm\ down|you\ people|deal\ with\ it|get\ over\ it|whatever!
    |read\ the\ (?:damn\ )?manual|you\ should\ have\ known)\b""",
    re.IGNORECASE | re.VERBOSE,
)
EMPATHY = re.compile(
    r"\b(?:sorry|apologi[sz]e|apolog(?:y|ies)|i understand|we understand|i can see (?:why|how)|frustrating for you|inconvenience)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"[a-z']+")
CALMER = 0.34
"""Below this share an upset word is outweighed; two plain words of anger, or one and shouting, are upset."""


def tone(text: str) -> str:
    """Return upset, neutral or pleased.

    >>> tone("This is the WORST service, I am furious!"), tone("Thanks, that was great"), tone("Where is my order?")
    ('upset', 'pleased', 'neutral')
    """
    score = anger(text)
    if score >= CALMER:
        return "upset"
    return "pleased" if _count(text, PLEASED) and score == 0 else "neutral"


def anger(text: str) -> float:
    """Return how upset a text sounds, from 0 to 1: words of anger, shouting, exclamation marks.

    >>> anger("Where is my order?")
    0.0
    """
    words = _count(text, UPSET)
    capitals = [word for word in re.findall(r"\b[A-Z]{3,}\b", text) if word.lower() not in {"asap", "faq", "usa"}]
    shouting = len(capitals) >= 2 or text.count("!") >= 3
    thanks = _count(text, PLEASED)
    return max(0.0, min(1.0, 0.35 * words + 0.35 * shouting - 0.2 * thanks))


def urgency(text: str) -> float:
    """Return how urgent a text is, from 0 to 1.

    >>> urgency("We are down, please help immediately!"), urgency("What are your opening hours?")
    (1.0, 0.0)
    """
    return min(1.0, 0.5 * _count(text, URGENT) + (0.2 if "!!" in text else 0.0))


def _count(text: str, words: frozenset[str]) -> int:
    """Return how many of the words stand in a text without a negation before them."""
    found = WORD.findall(text.lower().replace("\u2019", "'"))
    return sum(word in words and not (set(found[max(0, i - 2) : i]) & NEGATIONS) for i, word in enumerate(found))


def message_of(arguments: Mapping[str, Any]) -> str:
    """Return what the customer wrote: the first argument by one of `MESSAGES`, or an empty text."""
    return next((arguments[name] for name in MESSAGES if isinstance(arguments.get(name), str)), "")


def prepare(call: Call) -> Mapping[str, Any]:
    """Return tone and urgency for the parameters of these names that are None; refuse an empty message."""
    named = [name for name in MESSAGES if isinstance(call.arguments.get(name), str)]
    if named and not call.arguments[named[0]].strip():
        raise PoetValidationError(f"{call.function}: parameter '{named[0]}' takes a message, got an empty text")
    wanted = [name for name in ("tone", "urgency") if name in call.arguments and call.arguments[name] is None]
    if not wanted:
        return {}
    text = message_of(call.arguments)
    return {name: tone(text) if name == "tone" else urgency(text) for name in wanted}


def patience(call: Call) -> float:
    """Return the factor on the deadline: 2 (or what `upset_patience` says) for an upset customer, else 1."""
    upset = tone(message_of(call.arguments)) == "upset"
    return float(call.options.get("upset_patience", 2.0)) if upset else 1.0


def enforce(result: Any, call: Call) -> Any:
    """Return the answer unchanged. An unprofessional one raises, and is asked for again where a model wrote it."""
    answer = llm.text_of(result)
    if answer is None:
        return result
    problem = unprofessional(answer) or _against_policy(answer, call.options.get("forbidden") or ())
    if (
        not problem
        and call.options.get("empathy")
        and tone(message_of(call.arguments)) == "upset"
        and not EMPATHY.search(answer)
    ):
        problem = "does not acknowledge that the customer is upset"
    if not problem:
        return result
    message = f"the answer of {call.function} {problem}"
    raise PassingResultError(message) if call.body in {"model", "network"} else PoetValidationError(message)


def unprofessional(answer: str) -> str:
    """Return what is unprofessional in an answer, or an empty text.

    >>> unprofessional("Calm down, it is not my problem."), unprofessional("I am sorry for the delay.")
    ("says 'Calm down'", '')
    """
    found = UNPROFESSIONAL.search(answer)
    if found:
        return f"says {found.group()!r}"
    letters = [one for one in answer if one.isalpha()]
    if len(letters) >= 20 and sum(one.isupper() for one in letters) > 0.7 * len(letters):
        return "shouts"
    return "has more than three exclamation marks in a row" if "!!!!" in answer else ""


def _against_policy(answer: str, forbidden: tuple[str, ...]) -> str:
    said = next((phrase for phrase in forbidden if phrase.lower() in answer.lower()), None)
    return "" if said is None else f"says {said!r}, which policy forbids"


def redact(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return tone and urgency instead of what the customer wrote."""
    text = message_of(arguments)
    return {"tone": tone(text), "urgency": urgency(text), "characters": len(text)}


def professionalism(result: Any, _call: Call) -> float | None:
    """Return 1 for a professional answer, else 0."""
    answer = llm.text_of(result)
    return None if answer is None else float(not unprofessional(answer))


def empathy(result: Any, call: Call) -> float | None:
    """Return whether an answer to an upset customer acknowledges the trouble; None for other customers."""
    answer = llm.text_of(result)
    if answer is None or tone(message_of(call.arguments)) != "upset":
        return None
    return float(EMPATHY.search(answer) is not None)


DOMAIN = Domain(
    name="customer_service",
    summary="tone and urgency of a message, professional language in the answer, patience with upset customers",
    template=template("customer_service"),
    options={
        "forbidden": OptionSpec("phrases that no answer may have", "list"),
        "empathy": OptionSpec("whether an answer to an upset customer must acknowledge the trouble", "true or false"),
        "upset_patience": OptionSpec("factor on the deadline for an upset customer", "number", 2.0, low=1, high=10),
    },
    defaults={"retries": 2, "timeout": 30.0},
    grants=frozenset({"model", "recover", "clock"}),
    imports=frozenset({"re", "time"}),
    prepare=prepare,
    enforce=enforce,
    transient=llm.transient,
    wait=llm.wait,
    patience=patience,
    redact=redact,
    metrics={
        **base.METRICS,
        "professionalism": professionalism,
        "empathy": empathy,
        "answer_length": llm.answer_length,
    },
    objectives={"satisfaction": {"target": 0.8}, "professionalism": {"target": 1.0}, "empathy": {"target": 0.9}},
    parameters=(
        Learnable("upset_patience", 2.0, 1.0, 4.0, summary="factor on the deadline for an upset customer"),
        Learnable("timeout", 30.0, 2.0, 120.0, unit="s", summary="deadline of a call"),
    ),
)
