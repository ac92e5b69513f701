"""Decide what one token of look-ahead cannot: which words are keywords where they stand, and what `as`, `::` mean.

The scanner leaves a `Mark` at each such token; `arrange` looks at them in order, with the whole token list at hand, and
changes the kinds of tokens in place. A word that no rule claims stays a name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from dana_grammar.tokens import DEFINING_WORDS, LINE_EDGES, OPERAND_ENDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_grammar.scan_state import ScannerState
    from dana_grammar.tokens import Headers, Mark, Token

OPERAND_STARTS = frozenset(
    {"NAME", "NUMBER", "STRING", "FSTRING", "CONSTANT", "SCOPED", "PLACEHOLDER", "ELLIPSIS", "LBRACE", "LAMBDA",
     "PYTHON_LAMBDA", "PREFIX"}
)  # fmt: skip
OPEN_SIGNS = frozenset({"LPAR", "LSQB", "MINUS", "PLUS", "STAR"})
DELIVER_BOUND = re.compile(r"\bdef\s+deliver\b|\bdeliver\s*=(?!=)|\bimport\b[^\n]*\bdeliver\b|[(,]\s*deliver\s*[,):=]")
BODIES = frozenset({"DEF", "SYNC", "STRUCT", "AGENT", "INTERFACE", "MODULE"})
FAR_ENOUGH = 60
ONE_LINE_OWNERS = frozenset(
    {"IF", "ELIF", "ELSE", "WHILE", "FOR", "TRY", "EXCEPT", "FINALLY", "WITH", "DEF", "SYNC", "CASE", "ON_FEEDBACK",
     "PIPELINE", "MODULE", "STRUCT", "AGENT"}
)  # fmt: skip


def arrange(scanner: ScannerState) -> None:
    """Give every marked token of `scanner` its final kind."""
    tokens = scanner.tokens
    lambdas: list[Mark] = []
    doubles: list[int] = []
    for mark in scanner.marks:
        kind, word = tokens[mark.place][:2]
        if kind == "PYTHON_LAMBDA":
            lambdas.append(mark)
        elif kind == "DOUBLE_COLON":
            if not closes_lambda(tokens, lambdas, mark):
                doubles.append(mark.place)
        elif word == "as":
            retype(tokens, mark.place, kind_of_as(scanner, mark))
        elif kind == "NAME" and (rule := RULES.get(word)):
            retype(tokens, mark.place, rule(scanner, mark))
    if scanner.dotted_scopes and not scanner.nesting:
        split_dotted_names(scanner)
    if doubles:
        split_double_colons(tokens, doubles)


def retype(tokens: list[Token], index: int, kind: str) -> None:
    """Give one token another kind."""
    if tokens[index][0] != kind:
        _, text, line, column, end_line, end_column = tokens[index]
        tokens[index] = (kind, text, line, column, end_line, end_column)


def kind_at(tokens: list[Token], index: int) -> str:
    """Return the kind of a token, '' beyond the ends."""
    return tokens[index][0] if 0 <= index < len(tokens) else ""


def starts_statement(tokens: list[Token], mark: Mark) -> bool:
    """Tell whether a statement starts at the marked token."""
    before = kind_at(tokens, mark.place - 1)
    if not before or before in LINE_EDGES or before == "SEMICOLON":
        return mark.opener < 0
    return before == "COLON" and mark.opener < 0 and kind_at(tokens, mark.line_start) in ONE_LINE_OWNERS


def closes_lambda(tokens: list[Token], lambdas: list[Mark], mark: Mark) -> bool:
    """Match `::` with the innermost lambda of the same bracket that still waits for one."""
    while lambdas and lambdas[-1].opener > mark.opener:
        lambdas.pop()
    if not lambdas or lambdas[-1].opener != mark.opener or lambdas[-1].line_start != mark.line_start:
        return False
    retype(tokens, lambdas.pop().place, "LAMBDA")
    return True


def kind_of_as(scanner: ScannerState, mark: Mark) -> str:
    """Tell the `as` of imports, `with`, `except` and `case` from the one that names a stage, and from a name."""
    tokens = scanner.tokens
    before = kind_at(tokens, mark.place - 1)
    first = kind_at(tokens, mark.line_start)
    if before == "EXCEPT":
        return "AS"
    if before not in OPERAND_ENDS or kind_at(tokens, mark.place + 1) not in ("NAME", "LPAR", "SCOPED", "LSQB"):
        return "NAME"
    if first in ("IMPORT", "FROM", "CASE") or is_one_line_import(tokens, mark.place):
        return "AS"
    if first in ("WITH", "EXCEPT") and mark.opener < 0:
        return "AS"
    if first == "WITH" and mark.opener == mark.line_start + 1 and opens_with_items(scanner, mark.opener):
        return "AS"
    return "CAPTURE"


def is_one_line_import(tokens: list[Token], index: int) -> bool:
    """Tell whether the `as` at `index` follows `import a.b`."""
    start = max(0, index - FAR_ENOUGH)
    kinds = [token[0] for token in reversed(tokens[start:index])]
    others = next((kind for kind in kinds if kind not in ("NAME", "DOT", "COMMA", "AS")), "")
    return others == "IMPORT"


def opens_with_items(scanner: ScannerState, opener: int) -> bool:
    """Tell whether the parentheses at `opener` hold all items of a `with`; if so, mark them as such."""
    tokens = scanner.tokens
    if tokens[opener][0] == "WITH_OPEN":
        return True
    close = scanner.pairs.get(opener, -2)
    if kind_at(tokens, opener) != "LPAR" or kind_at(tokens, close + 1) != "COLON":
        return False
    retype(tokens, opener, "WITH_OPEN")
    retype(tokens, close, "WITH_CLOSE")
    return True


def definition(scanner: ScannerState, mark: Mark) -> str:
    """`agent N`, `struct N:`, `export a` and the like: the word before a name."""
    tokens = scanner.tokens
    follows = kind_at(tokens, mark.place + 1) == "NAME" and tokens[mark.place + 1][1] != "as"
    return DEFINING_WORDS[tokens[mark.place][1]] if follows and starts_statement(tokens, mark) else "NAME"


def state(scanner: ScannerState, mark: Mark) -> str:
    """`state:` with a block."""
    tokens = scanner.tokens
    opens = kind_at(tokens, mark.place + 1) == "COLON" and kind_at(tokens, mark.place + 2) == "NEWLINE"
    return "STATE" if opens and starts_statement(tokens, mark) else "NAME"


def input_or_output(scanner: ScannerState, mark: Mark) -> str:
    """`input: x` and `output: x` in a pipeline block."""
    tokens = scanner.tokens
    if kind_at(tokens, mark.place + 1) == "COLON" and starts_statement(tokens, mark):
        owner = body_of(tokens, mark.headers)
        if owner == "PIPELINE" or kind_at(tokens, mark.line_start) == "PIPELINE":
            return tokens[mark.place][1].upper()
    return "NAME"


def body_of(tokens: list[Token], headers: Headers) -> str:
    """Return the kind of the definition that a line stands in."""
    while headers:
        kind = kind_at(tokens, headers[0])
        if kind == "PIPELINE" or kind in BODIES:
            return kind
        headers = headers[1]
    return ""


def on_feedback(scanner: ScannerState, mark: Mark) -> str:
    """`on_feedback_received(id) -> name:`."""
    tokens = scanner.tokens
    if kind_at(tokens, mark.place + 1) == "LPAR" and starts_statement(tokens, mark):
        close = scanner.pairs.get(mark.place + 1, -2)
        if kind_at(tokens, close + 1) in ("ARROW", "COLON"):
            return "ON_FEEDBACK"
    return "NAME"


def sync(scanner: ScannerState, mark: Mark) -> str:
    """`sync def`."""
    tokens = scanner.tokens
    return "SYNC" if kind_at(tokens, mark.place + 1) == "DEF" and starts_statement(tokens, mark) else "NAME"


def deliver(scanner: ScannerState, mark: Mark) -> str:
    """`deliver value`: before a bracket or a sign, only the blanks tell it from a call or a difference."""
    tokens = scanner.tokens
    if not starts_statement(tokens, mark):
        return "NAME"
    following = kind_at(tokens, mark.place + 1)
    if following in OPERAND_STARTS or following in LINE_EDGES or following == "SEMICOLON":
        return "DELIVER"
    if following not in OPEN_SIGNS:
        return "NAME"
    if tokens[mark.place][4:] == tokens[mark.place + 1][2:4]:
        return "DELIVER" if following == "LPAR" and not binds_deliver(scanner.text) else "NAME"
    after = tokens[mark.place + 2]
    is_sign = following in ("MINUS", "PLUS", "STAR")
    return "NAME" if is_sign and tokens[mark.place + 1][4:] != after[2:4] else "DELIVER"


@lru_cache(maxsize=4)
def binds_deliver(text: str) -> bool:
    """Tell whether a text makes `deliver` a name of its own, so that `deliver(x)` calls it."""
    return DELIVER_BOUND.search(text) is not None


def implements(scanner: ScannerState, mark: Mark) -> str:
    """`struct A implements I`."""
    tokens = scanner.tokens
    first = kind_at(tokens, mark.line_start)
    follows = mark.place >= mark.line_start + 2 and kind_at(tokens, mark.place - 1) in ("NAME", "RPAR")
    return "IMPLEMENTS" if first == "STRUCT" and follows and mark.opener < 0 else "NAME"


def match_(scanner: ScannerState, mark: Mark) -> str:
    """`match subject:` with a block."""
    tokens = scanner.tokens
    following = kind_at(tokens, mark.place + 1)
    if not starts_statement(tokens, mark) or (following not in OPERAND_STARTS and following not in OPEN_SIGNS):
        return "NAME"
    index = mark.place + 1
    depth = 0
    while (kind := kind_at(tokens, index)) not in ("NEWLINE", "", "$END", "SEMICOLON"):
        if kind in ("EQUAL", "AUGMENTED") and depth == 0:
            return "NAME"
        depth += (kind in ("LPAR", "LSQB", "LBRACE")) - (kind in ("RPAR", "RSQB", "RBRACE"))
        index += 1
    opens = kind_at(tokens, index - 1) == "COLON" and kind_at(tokens, index + 1) == "INDENT"
    return "MATCH" if (opens and tokens[index + 2][1] == "case") or following == "NAME" else "NAME"


def case(scanner: ScannerState, mark: Mark) -> str:
    """`case pattern:` in the block of a `match`."""
    tokens = scanner.tokens
    in_match = mark.headers is not None and kind_at(tokens, mark.headers[0]) == "MATCH"
    return "CASE" if in_match and starts_statement(tokens, mark) else "NAME"


RULES: dict[str, Callable[[ScannerState, Mark], str]] = {
    **dict.fromkeys(DEFINING_WORDS, definition),
    "state": state, "input": input_or_output, "output": input_or_output, "on_feedback_received": on_feedback,
    "sync": sync, "deliver": deliver, "implements": implements, "match": match_, "case": case,
}  # fmt: skip


def split_dotted_names(scanner: ScannerState) -> None:
    """Undo `private.x` as a scoped name where the text uses `private` as a name of its own."""
    for tokens, index in reversed(scanner.dotted_scopes):
        _, text, line, column, _, end = tokens[index]
        scope, _, name = text.partition(".")
        if scope in scanner.bare_scopes:
            dot = column + len(scope)
            tokens[index : index + 1] = [
                ("NAME", scope, line, column, line, dot),
                ("DOT", ".", line, dot, line, dot + 1),
                ("NAME", name, line, dot + 1, line, end),
            ]


def split_double_colons(tokens: list[Token], places: list[int]) -> None:
    """Make two colons of each `::` that belongs to no lambda."""
    parts: list[Token] = []
    last = 0
    for place in places:
        _, _, line, column, _, _ = tokens[place]
        parts.extend(tokens[last:place])
        parts.append(("COLON", ":", line, column, line, column + 1))
        parts.append(("COLON", ":", line, column + 1, line, column + 2))
        last = place + 1
    parts.extend(tokens[last:])
    tokens[:] = parts
