"""What the scanner hands to the layout and the driver: tokens, and the marks where a decision is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dana_grammar._tables import SIGNS, WORDS
from dana_grammar.span import Span

if TYPE_CHECKING:
    from typing import Final

Token: TypeAlias = tuple[str, str, int, int, int, int]
"""Kind, text, line, column, end line, end column. The kinds are the terminals of dana.lark."""

Headers: TypeAlias = "tuple[int, Headers] | None"
"""The first tokens of the lines that opened the blocks around a place, the innermost first."""


class Mark(NamedTuple):
    """A token whose kind depends on what stands around it."""

    place: int
    opener: int
    """The index of the innermost open bracket, -1 outside of brackets."""
    line_start: int
    """The index of the first token of the logical line."""
    headers: Headers


OPERATOR_WORDS: Final = {"and": "OPERATOR", "or": "OPERATOR", "is": "OPERATOR", "not": "PREFIX"}
CONSTANTS: Final = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    "none": None, "None": None, "NONE": None, "null": None, "NULL": None,
}  # fmt: skip
RESERVED: Final = frozenset({"class", "global", "nonlocal", "async", "await", "yield"})
DEFINING_WORDS: Final = {
    "agent": "AGENT", "agent_blueprint": "STRUCT", "struct": "STRUCT", "resource": "STRUCT", "workflow": "STRUCT",
    "interface": "INTERFACE", "pipeline": "PIPELINE", "module": "MODULE", "export": "EXPORT",
}  # fmt: skip
SOFT_WORDS: Final = frozenset(
    {*DEFINING_WORDS, "state", "input", "output", "on_feedback_received", "sync", "deliver", "implements", "match",
     "case", "as", "lambda"}
)  # fmt: skip
SCOPES: Final = frozenset({"local", "private", "public", "system"})
LOOK_TWICE: Final = ""
"""The kind, in WORD_KINDS, of words that `Scanner.special_word` decides."""

WORD_KINDS: Final[dict[str, str]] = {
    **WORDS, **OPERATOR_WORDS, **dict.fromkeys(CONSTANTS, "CONSTANT"), **dict.fromkeys(RESERVED, "RESERVED"),
    **dict.fromkeys((*SOFT_WORDS, *SCOPES, "in", "not", "with", "except", "import", "from"), LOOK_TWICE),
}  # fmt: skip
HARD_WORDS: Final = frozenset({*WORDS, *OPERATOR_WORDS, *CONSTANTS, *RESERVED, "lambda"})
SIGN_KINDS: Final[dict[str, str]] = {**SIGNS, **dict.fromkeys(["<", ">", "%", "&", "^", "<<", ">>", "==", "!=", "<=", ">=", "//"], "OPERATOR"),
    "~": "PREFIX", "$$": "PLACEHOLDER", "$": "PLACEHOLDER"}  # fmt: skip
OPERAND_ENDS: Final = frozenset(
    {"NAME", "NUMBER", "STRING", "FSTRING", "CONSTANT", "SCOPED", "PLACEHOLDER", "ELLIPSIS", "RPAR", "RSQB", "RBRACE"}
)
CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
LINE_EDGES: Final = frozenset({"NEWLINE", "INDENT", "DEDENT"})


class Hole(NamedTuple):
    """`{tokens!conversion:spec}` of an f-string. `debug` is the text before `=` in `{x=}`."""

    tokens: list[Token]
    conversion: str
    spec: tuple[str | Hole, ...]
    debug: str
    span: Span


def span_of(token: Token) -> Span:
    """Return where `token` stands."""
    return Span(*token[2:])
