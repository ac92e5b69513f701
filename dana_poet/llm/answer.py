"""Find the value in what a model wrote: JSON alone, in a Markdown fence or in prose, or one bare number or word."""

from __future__ import annotations

import json
import re
from typing import Any

_THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```[\w+-]*[ \t]*\n(.*?)```", re.DOTALL)
_WRAPPING = " \t\r\n`*_\"'"
_OPENING = re.compile(r"[{\[]")
_BRACKET = re.compile(r'"(?:\\.|[^"\\])*"|[\[\]{}]')
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def without_thinking(text: str) -> str:
    """Return the answer without the block in which some models think aloud first."""
    return _THINKING.sub("", text, count=1).strip()


def bare_word(text: str) -> str:
    """Return a one-value answer without Markdown, quotes, a final stop and thousands commas.

    >>> bare_word('**1,234.**'), bare_word("`3.5`"), bare_word("There are 8")
    ('1234', '3.5', 'There are 8')
    """
    fenced = _FENCE.findall(text)
    word = (fenced[0] if len(fenced) == 1 else text).strip(_WRAPPING).removesuffix(".").strip(_WRAPPING)
    return word.replace(",", "") if _GROUPED.fullmatch(word) else word


def json_values(text: str) -> list[Any]:
    """Return the JSON values that the text offers, from the place that is surest: all of it, its fences, its prose.

    >>> json_values('Here: ```json\\n{"a": 1}\\n``` as asked'), json_values("it is [1, 2] I think"), json_values("none")
    ([{'a': 1}], [[1, 2]], [])
    """
    whole = _parsed([text])
    return whole or _parsed(_FENCE.findall(text)) or _embedded(text)


def _parsed(texts: list[str]) -> list[Any]:
    values = []
    for text in texts:
        try:
            values.append(json.loads(text))
        except (ValueError, RecursionError):
            continue
    return values


def _embedded(text: str) -> list[Any]:
    decoder, values, at = json.JSONDecoder(), [], 0
    while begin := _OPENING.search(text, at):
        at = _balanced_end(text, begin.start())
        if at < 0:
            # The answer is cut: a list inside the unfinished value is not the value that was asked for.
            return []
        try:
            values.append(decoder.raw_decode(text[begin.start() : at])[0])
        except (ValueError, RecursionError):
            continue
    return values


def _balanced_end(text: str, begin: int) -> int:
    """Return where the bracket at `begin` is closed, -1 when it is not."""
    depth = 0
    for token in _BRACKET.finditer(text, begin):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
            if depth == 0:
                return token.end()
    return -1
