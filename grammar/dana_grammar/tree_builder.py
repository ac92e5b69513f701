"""The actions of the grammar: `driver.run` calls the method of `TreeBuilder` that a reduced rule names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_grammar.tree_definitions import DefinitionBuilder

if TYPE_CHECKING:
    from dana_grammar.tokens import Token


class TreeBuilder(DefinitionBuilder):
    """Makes the tree of one text."""

    def program(self, statements: list[Any] | None) -> tuple[Any, ...]:
        """The statements of a whole text."""
        return tuple(statements or ())

    def interpolation(self, value: Any) -> Any:
        """The expression in the braces of an f-string."""
        return value

    def parse_expression(self, tokens: list[Token]) -> Any:
        """Parse the tokens of an f-string's braces with the same builder."""
        from dana_grammar.driver import run

        return run(tokens, self, "interpolation")

    def report_loose_captures(self) -> None:
        """Note every `as` that names no stage."""
        for capture in self.loose_captures.values():
            self.problem("D0031", "'as' names a stage of a pipeline, but this is none", capture.name_span,
                         "write 'f as name | g'")  # fmt: skip
