"""A prompt with placeholders: what stands in braces is filled in, everything else is text that may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from dana_poet.errors import DanaError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class PromptError(DanaError):
    """A prompt cannot be found, changed or measured as asked."""

    code = "D3020"


class Piece(NamedTuple):
    """A part of a prompt: text as it is read, or the inside of a pair of braces."""

    text: str
    is_placeholder: bool


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """Text with placeholders such as `{review}` or `{order.number:>8}`; `{{` and `}}` are braces of the text.

    PromptError when a brace is left open.

    >>> PromptTemplate("Sum up: {article}").placeholders
    ('article',)
    >>> PromptTemplate("Say {{}} of {x}").fill({"x": 3})
    'Say {} of 3'
    """

    text: str

    def __post_init__(self) -> None:
        given: object = self.text
        if not isinstance(given, str):
            raise PromptError(f"a prompt is {given!r:.80}", hint="a prompt is text")
        tuple(pieces(self.text))

    @classmethod
    def plain(cls, text: str) -> PromptTemplate:
        """Return a template without placeholders, whatever braces the text has.

        >>> PromptTemplate.plain("{a}").text
        '{{a}}'
        """
        return cls(escaped(text))

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The text and the placeholders, in order."""
        return tuple(pieces(self.text))

    @property
    def placeholders(self) -> tuple[str, ...]:
        """What stands in braces, in order, as often as it stands there."""
        return tuple(piece.text for piece in pieces(self.text) if piece.is_placeholder)

    def fill(self, values: Mapping[str, object]) -> str:
        """Return the prompt with its values, each by what stands in the braces. PromptError names what is missing."""
        found = []
        for text, is_placeholder in pieces(self.text):
            if is_placeholder and text not in values:
                there = ", ".join(map(str, values)) or "none"
                raise PromptError(f"the prompt needs a value for {{{text}}}", hint=f"the values given are {there}")
            found.append(str(values[text]) if is_placeholder else text)
        return "".join(found)

    def why_not(self, other: PromptTemplate) -> str:
        """Return why `other` cannot stand in for this one, empty when it can: it must have the same placeholders.

        Placeholders that are more than names, which may do something when they are filled in, keep their order too.

        >>> PromptTemplate("{a} {b}").why_not(PromptTemplate("{b}"))
        'the placeholder {a} is lost'
        """
        ours, theirs = self.placeholders, other.placeholders
        for name in dict.fromkeys((*ours, *theirs)):
            if theirs.count(name) < ours.count(name):
                return f"the placeholder {{{name}}} is lost"
            if theirs.count(name) > ours.count(name):
                return f"the placeholder {{{name}}} stands too often"
        ordered = [[name for name in names if not name.isidentifier()] for names in (ours, theirs)]
        return "" if ordered[0] == ordered[1] else "placeholders that are more than names change their order"


def escaped(text: str) -> str:
    """Return text with its braces doubled, as a template writes them."""
    return text.replace("{", "{{").replace("}", "}}")


def pieces(text: str) -> Iterator[Piece]:
    """Take a template apart. PromptError for a brace that is left open or closed without one."""
    at, said = 0, ""
    while at < len(text):
        two = text[at : at + 2]
        if two in ("{{", "}}"):
            said, at = said + two[0], at + 2
        elif text[at] == "{":
            end = _closing(text, at)
            if said:
                yield Piece(said, is_placeholder=False)
            yield Piece(text[at + 1 : end], is_placeholder=True)
            said, at = "", end + 1
        elif text[at] == "}":
            raise PromptError("a brace is closed that was not opened", hint="write }} for a brace of the text")
        else:
            said, at = said + text[at], at + 1
    if said:
        yield Piece(said, is_placeholder=False)


def _closing(text: str, begin: int) -> int:
    depth = 0
    for at in range(begin, len(text)):
        depth += (text[at] == "{") - (text[at] == "}")
        if depth == 0 and at > begin + 1:
            return at
        if depth == 0:
            break
    raise PromptError("a placeholder has no name or no end", hint="write {{ for a brace of the text")
