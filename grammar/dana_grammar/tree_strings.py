"""Reductions of the grammar that make string literals, f-strings with their expressions among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar.escapes import decode
from dana_grammar.expressions import FormattedText, Interpolation, JoinedText, Name, Text
from dana_grammar.span import Span
from dana_grammar.tree_base import BaseBuilder, new_tuple, token_span

if TYPE_CHECKING:
    from typing import Final

    from dana_grammar.tokens import Hole, Token

PLAIN_QUOTES: Final = "\"'"


class StringBuilder(BaseBuilder):
    """Makes string literals."""

    def first_string(self, token: Token) -> list[Token]:
        """Start a row of adjacent strings."""
        return [token]

    def next_string(self, tokens: list[Token], token: Token) -> list[Token]:
        """Add to a row of adjacent strings."""
        tokens.append(token)
        return tokens

    def strings(self, tokens: list[Token]) -> Any:
        """One string, or adjacent strings that make one."""
        if len(tokens) == 1:
            return self.literal(tokens[0])
        parts = tuple([self.literal(token) for token in tokens])
        kinds = {type(part.value) is bytes for part in parts if type(part) is Text}
        if len(kinds) > 1 or (True in kinds and any(type(part) is FormattedText for part in parts)):
            self.problem("D0033", "bytes and text cannot be joined", parts[0].span.to(parts[-1].span))
        return JoinedText(parts[0].span.to(parts[-1].span), parts)

    def literal(self, token: Token) -> Text | FormattedText:
        """Return the node of one literal."""
        source = token[1]
        if token[0] == "FSTRING":
            parts = self.fstrings.get(token[2:4], ())
            nodes = [part if isinstance(part, str) else self.interpolation_of(part) for part in parts if part != ""]
            return FormattedText(token_span(token), tuple(nodes), source)
        if source[0] in PLAIN_QUOTES and "\\" not in source:
            quotes = 3 if source[:3] in ("'''", '"""') else 1
            return Text(new_tuple(Span, token[2:]), source[quotes:-quotes], source)
        return Text(token_span(token), self.text_value(token), source)

    def text_value(self, token: Token) -> str | bytes:
        """Return what a literal with a prefix or escapes stands for."""
        source = token[1]
        prefix = source[: min(source.find(quote) for quote in PLAIN_QUOTES if quote in source)].lower()
        body = source[len(prefix) :]
        quotes = 3 if body[:3] in ("'''", '"""') else 1
        body = body[quotes:-quotes]
        if "r" not in prefix:
            body = decode(body, is_bytes="b" in prefix)
        if "b" not in prefix:
            return body
        try:
            return body.encode("latin-1")
        except UnicodeEncodeError:
            self.problem(
                "D0033", "bytes hold ASCII characters only", token_span(token), "write text without b, or \\x.."
            )
            return b""

    def interpolation_of(self, hole: Hole) -> Interpolation:
        """Return the node of one pair of braces."""
        tokens = hole.tokens
        if len(tokens) == 1:
            value: Any = Name(new_tuple(Span, tokens[0][2:]), tokens[0][1])
        else:
            value = self.parse_expression(tokens)
        spec = tuple([part if isinstance(part, str) else self.interpolation_of(part) for part in hole.spec])
        return Interpolation(hole.span, value, hole.conversion, spec, hole.debug)  # type: ignore[arg-type]

    def parse_expression(self, tokens: list[Token]) -> Any:
        """Parse the tokens of an f-string's braces: see TreeBuilder."""
        raise NotImplementedError
