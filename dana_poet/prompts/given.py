"""What is given to a search for a prompt, looked at before the first call is spent; each refusal says what to give."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from dana_poet.prompts.outcome import Suggestion
from dana_poet.prompts.template import PromptError

MOST_SHOWN = 80


def shown(value: object) -> str:
    """Return a value as it is shown in a message."""
    text = repr(value)
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 3]}..."


def whole(name: str, value: object, hint: str) -> int:
    """Return a whole number of 1 or more.

    >>> whole("batch", 4, "examples of a round")
    4
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise PromptError(f"the {name} is {shown(value)}", hint=hint)
    return value


def takes(name: str, given: Any, *arguments: str) -> None:
    """Refuse what cannot be called with these arguments; a signature that nobody can read is believed.

    >>> takes("metric", lambda result, right: 1.0, "result", "right")
    """
    words = f"a {name} is called with ({', '.join(arguments)})"
    if not callable(given):
        raise PromptError(f"the {name} is {shown(given)}", hint=words)
    try:
        signature = inspect.signature(given)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise PromptError(f"the {name} cannot be called: {error}", hint=words) from error


def listed(name: str, given: object) -> list[Any]:
    """Return examples as a list; text and mappings are none.

    >>> listed("examples", range(2))
    [0, 1]
    """
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        raise PromptError(f"the {name} are {shown(given)}", hint=f"{name} are a list")
    return list(given)


def pairs(name: str, given: object) -> list[tuple[Any, Any]]:
    """Return examples that are pairs of an input and what is right.

    >>> pairs("examples", [["2 + 2", "4"]])
    [('2 + 2', '4')]
    """
    found = listed(name, given)
    for at, one in enumerate(found):
        if not isinstance(one, (tuple, list)) or len(one) != 2:
            raise PromptError(f"{name}[{at}] is {shown(one)}", hint="an example is a pair: an input and what is right")
    return [(one[0], one[1]) for one in found]


def suggestion(given: object) -> Suggestion | None:
    """Return what a proposer gave: a text, a Suggestion, or None without an idea."""
    if given is None or isinstance(given, Suggestion):
        return given
    if isinstance(given, str):
        return Suggestion(given)
    raise PromptError(
        f"the proposer gave {shown(given)}", hint="it gives the text of the new prompt, a Suggestion, or None"
    )
