"""Reductions of the grammar that make `match` and its patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar.expressions import Binary, Unary
from dana_grammar.statements import (
    AsPattern,
    CapturePattern,
    ClassPattern,
    MappingPattern,
    Match,
    MatchCase,
    OrPattern,
    SequencePattern,
    StarPattern,
    ValuePattern,
)  # fmt: skip
from dana_grammar.tree_base import between, from_token, to_token, token_span
from dana_grammar.tree_expressions import ExpressionBuilder

if TYPE_CHECKING:
    from dana_grammar.expressions import Attribute, Number
    from dana_grammar.statements import Block
    from dana_grammar.tokens import Token


class PatternBuilder(ExpressionBuilder):
    """Makes `match` statements."""

    def match_(self, word: Token, subject: Any, *rest: Any) -> Match:
        """`match subject:`."""
        cases: list[MatchCase] = rest[3]
        return Match(from_token(word, cases[-1].span), subject, tuple(cases))

    def match_case(self, word: Token, pattern: Any, guard: Any, _colon: Token, body: Block) -> MatchCase:
        """`case pattern if guard:`."""
        if type(pattern) is StarPattern:
            self.problem("D0034", "a pattern with a star stands in a sequence only", pattern.span, "write '[*rest]'")
        return MatchCase(from_token(word, body[-1].span), pattern, guard, body)

    def open_sequence(self, items: list[Any], comma: Token | None) -> SequencePattern:
        """`case a, b:`."""
        span = to_token(items[0].span, comma) if comma else items[0].span.to(items[-1].span)
        return SequencePattern(span, self.items(items), "")

    def open_single(self, item: Any, comma: Token) -> SequencePattern:
        """`case a,:`."""
        return SequencePattern(to_token(item.span, comma), (item,), "")

    def items(self, items: list[Any]) -> tuple[Any, ...]:
        """Return the items of a sequence, of which one may have a star."""
        stars = [item for item in items if type(item) is StarPattern]
        if len(stars) > 1:
            self.problem("D0034", "only one pattern of a sequence may have a star", stars[1].span)
        return tuple(items)

    def round_sequence(self, opening: Token, items: list[Any] | None, close: Token) -> SequencePattern:
        """`(a, b)`."""
        return SequencePattern(between(opening, close), self.items(items or []), "(")

    def square_sequence(self, opening: Token, items: list[Any] | None, close: Token) -> SequencePattern:
        """`[a, b]`."""
        return SequencePattern(between(opening, close), self.items(items or []), "[")

    def as_pattern(self, pattern: Any, _as: Token, name: Token) -> AsPattern:
        """`pattern as name`."""
        return AsPattern(to_token(pattern.span, name), pattern, name[1])

    def star_pattern(self, star: Token, name: Token) -> StarPattern:
        """`*rest`."""
        return StarPattern(between(star, name), name[1])

    def or_pattern(self, patterns: list[Any]) -> OrPattern:
        """`a | b`."""
        return OrPattern(patterns[0].span.to(patterns[-1].span), tuple(patterns))

    def capture_pattern(self, name: Token) -> CapturePattern:
        """`name`."""
        return CapturePattern(token_span(name), name[1])

    def value_pattern(self, value: Any) -> ValuePattern:
        """`1`, `"a"`, `Color.red`."""
        return ValuePattern(value.span, value)

    def first_dotted_name(self, value: Token, dot: Token, name: Token) -> Attribute:
        """`Color.red`."""
        return self.attribute(self.name(value), dot, name)

    def negative_number(self, sign: Token, number: Number) -> Unary:
        """`-1`."""
        return Unary(from_token(sign, number.span), "-", number)

    def complex_number(self, real: Any, sign: Token, imaginary: Number) -> Binary:
        """`1 + 2j`."""
        if type(imaginary.value) is not complex:
            self.problem("D0034", "only a complex number may be written as a sum here", imaginary.span)
        return Binary(real.span.to(imaginary.span), real, sign[1], imaginary)  # type: ignore[arg-type]

    def mapping_item(self, key: Any, _colon: Token, pattern: Any) -> tuple[Any, Any]:
        """`key: pattern`."""
        return key, pattern

    def mapping_rest(self, _stars: Token, name: Token) -> tuple[None, Token]:
        """`**rest`."""
        return None, name

    def mapping_pattern(self, opening: Token, items: list[tuple[Any, Any]] | None, close: Token) -> MappingPattern:
        """`{key: pattern, **rest}`."""
        pairs = [pair for pair in items or () if pair[0] is not None]
        rest = [pair[1] for pair in items or () if pair[0] is None]
        if rest and (len(rest) > 1 or (items and items[-1][0] is not None)):
            self.problem("D0034", "'**' comes once, at the end of a pattern", token_span(rest[0]))
        keys, patterns = tuple([pair[0] for pair in pairs]), tuple([pair[1] for pair in pairs])
        return MappingPattern(between(opening, close), keys, patterns, rest[0][1] if rest else "")

    def keyword_pattern(self, name: Token, _equal: Token, pattern: Any) -> tuple[str, Any]:
        """`name=pattern` of a class pattern."""
        return name[1], pattern

    def class_pattern(self, kind: Any, _open: Token, items: list[Any] | None, close: Token) -> ClassPattern:
        """`Point(0, y=yy)`."""
        named = [item for item in items or () if type(item) is tuple]
        positional = [item for item in items or () if type(item) is not tuple]
        if items and named and type(items[-1]) is not tuple:
            self.problem("D0034", "a pattern without a name stands behind one with a name", items[-1].span)
        names, patterns = tuple([name for name, _ in named]), tuple([pattern for _, pattern in named])
        return ClassPattern(to_token(kind.span, close), kind, tuple(positional), names, patterns)
