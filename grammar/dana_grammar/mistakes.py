"""Mistakes in the shape of statements: each rule knows one class of them, or says nothing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from dana_grammar.situation import Finding, Situation, place
from dana_grammar.span import Span
from dana_grammar.tokens import HARD_WORDS
from dana_grammar.words import (
    BLOCK_WORDS,
    CONTINUES,
    FOREIGN_ELIF,
    FOREIGN_FUNCTIONS,
    FOREIGN_VARIABLES,
    FOREIGN_WORDS,
    OPERANDS,
    RESERVED_HINTS,
    STATEMENT_WORDS,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSE_ENOUGH = 0.7


def reserved(s: Situation) -> Finding | None:
    """`class`, `global`, `async` and other words that Python has and Dana has not."""
    token = s.tokens[s.index] if s.kind == "RESERVED" else s.first
    if token[0] != "RESERVED":
        return None
    return Finding("D0023", f"Dana has no '{token[1]}'", RESERVED_HINTS[token[1]], place(token))


def missing_block(s: Situation) -> Finding | None:
    """A header without a block."""
    if "INDENT" not in s.expected:
        return None
    before = s.at(-1) if s.at(-1)[0] != "NEWLINE" else s.at(-2)
    header = Situation(s.tokens, max(0, s.index - 1), s.expected, s.outer).first
    word = BLOCK_WORDS.get(header[0], header[1])
    return Finding(
        "D0010", f"the '{word}' line has no block", "indent what belongs to it, or write 'pass'", place(before)
    )


def indented(s: Situation) -> Finding | None:
    """A line that is indented more than the one before, which opens no block."""
    if s.kind != "INDENT":
        return None
    line, column = s.at(1)[2:4]
    span = Span(line, 1, line, max(2, column))
    before = Situation(s.tokens, max(0, s.index - 1), s.expected, s.outer).first
    if before[0] == "AGENT":
        return Finding("D0002", "the 'agent' line needs ':' before its block", "add ':' at its end", place(before))
    return Finding("D0007", "this line is indented, but nothing before it opens a block", "remove the blanks", span)


def no_owner(s: Situation) -> Finding | None:
    """`else` without `if` and the like."""
    if s.kind == "IF" and s.at(-1)[0] == "ELSE":
        return Finding("D0015", "'else if' is one word in Dana", "write 'elif'", place(s.at(-1)).to(s.span))
    if s.first[1] == "case" and s.first[0] == "NAME" and s.index == s.start + 1 and s.ends_with_colon:
        return Finding("D0011", "'case' has no 'match' before it", "indent it inside 'match value:'", place(s.first))
    if not s.is_first or s.kind not in CONTINUES:
        return None
    owner = CONTINUES[s.kind]
    hint = f"indent it like the '{owner}' that it belongs to, with nothing in between"
    return Finding("D0011", f"'{s.text}' has no '{owner}' before it", hint)


def unfinished_try(s: Situation) -> Finding | None:
    """`try` without handlers, and decorators without a definition."""
    if {"EXCEPT", "FINALLY"} <= s.expected and s.text in ("catch", "rescue"):
        return Finding("D0012", f"'{s.text}' is not a word of Dana", "write 'except'")
    if {"EXCEPT", "FINALLY"} <= s.expected and "ELSE" not in s.expected and s.kind not in ("EXCEPT", "FINALLY"):
        return Finding("D0032", "'try' needs 'except' or 'finally' after its block", "add 'except as e:' or 'finally:'")
    if {"AT", "DEF", "STRUCT"} <= s.expected and "NAME" not in s.expected:
        return Finding(
            "D0037", "a line with '@' must stand before a definition", "put 'def', 'agent' or 'struct' after it"
        )
    return None


def foreign_word(s: Situation) -> Finding | None:
    """`function f():`, `elseif`, `switch`, `let x = 1` and other words of other languages."""
    first = s.first
    word = first[1]
    if first[0] != "NAME" or s.index == s.start:
        return None
    span = place(first)
    if word in FOREIGN_FUNCTIONS and s.index == s.start + 1:
        return Finding("D0016", f"a function starts with 'def', not '{word}'", f"write 'def {s.text}(...):'", span)
    if word in FOREIGN_ELIF:
        return Finding("D0015", f"'{word}' is not a word of Dana", "write 'elif'", span)
    if word == "switch":
        return Finding("D0017", "'switch' is not a word of Dana", "write 'match value:' with 'case' lines", span)
    if word in FOREIGN_VARIABLES and s.kind == "NAME":
        return Finding("D0041", f"variables need no '{word}'", f"write '{s.text} = ...'", span)
    if word in FOREIGN_WORDS and (s.kind in OPERANDS or s.ends_with_colon):
        return Finding("D0012", f"'{word}' is not a word of Dana", f"write '{FOREIGN_WORDS[word]}'", span)
    return None


def misspelt(s: Situation) -> Finding | None:
    """`whlie x:`, `retrun x`, `improt m`."""
    first = s.first
    if first[0] != "NAME" or s.index == s.start or first[1] in HARD_WORDS:
        return None
    looks_like_header = s.ends_with_colon and (s.opens_block or s.kind != "NEWLINE" or s.at(-2) is first)
    if not (s.index == s.start + 1 and s.kind in OPERANDS and s.kind not in ("LPAR", "LSQB")) and not looks_like_header:
        return None
    close = [word for word in STATEMENT_WORDS if sorted(word) == sorted(first[1])]
    close = close or get_close_matches(first[1], STATEMENT_WORDS, 1, CLOSE_ENOUGH)
    if not close or close[0] == first[1]:
        return None
    return Finding("D0012", f"'{first[1]}' is not a word of Dana", f"did you mean '{close[0]}'?", place(first))


def print_without_parentheses(s: Situation) -> Finding | None:
    """`print x`."""
    first = s.first
    if first[0] == "NAME" and s.index == s.start + 1 and s.kind in OPERANDS and first[1] in ("print", "log", "reason"):
        return Finding("D0043", f"'{first[1]}' needs parentheses", f"write '{first[1]}(...)'", place(first).to(s.span))
    return None


def missing_colon(s: Situation) -> Finding | None:
    """`if x` without `:`."""
    word = BLOCK_WORDS.get(s.first[0])
    if word is None or "COLON" not in s.expected or s.depth or s.kind in ("EQUAL", "VBAR", "OPERATOR", "ARROW"):
        return None
    if any(token[0] == "COLON" for token in s.tokens[s.start : s.index]):
        return None
    if (
        s.kind != "NEWLINE"
        and s.text not in ("then", "do", "begin")
        and (s.ends_with_colon or s.kind in ("COMMA", "COLON"))
    ):
        return None
    if s.text in ("then", "do", "begin"):
        return Finding("D0002", f"the '{word}' line ends with ':', not '{s.text}'", "write ':'")
    if s.kind == "LBRACE":
        return Finding("D0002", "a block starts with ':', not with '{'", "write ':' and mark the block by indentation")
    end = place(s.at(-1))
    span = Span(end.end_line, end.end_column, end.end_line, end.end_column + 1)
    return Finding("D0002", f"the '{word}' line needs ':'", f"add ':' after '{shown_end(s)}'", span)


def shown_end(s: Situation) -> str:
    """Return the token before the wrong one as the author wrote it, shortened."""
    return s.at(-1)[1].split("\n", 1)[0][-24:]


def missing_in(s: Situation) -> Finding | None:
    """`for x xs:`, `for x = 1`, `for (i = 0; ...)`."""
    if s.first[0] == "FOR" and "IN" in s.expected and "OPERATOR" not in s.expected:
        return Finding("D0018", f"'for' needs 'in' before {s.shown}", "write 'for x in values:'")
    if s.first[0] == "FOR" and s.kind in ("EQUAL", "SEMICOLON") and s.index - s.start <= 3:
        return Finding("D0018", "'for' goes through values", "write 'for i in range(n):'")
    return None


def equal_sign(s: Situation) -> Finding | None:
    """`if x = 1`, `f(a.b = 1)`, `===`."""
    if s.kind != "EQUAL" or s.at(-1)[0] in ("COLON", "EQUAL") or (s.at(-1)[1] in ("==", "!=") and not s.touches(0)):
        return None
    if s.at(-1)[1] in ("==", "!=") and s.touches(0):
        return Finding(
            "D0003", f"'{s.at(-1)[1]}=' is not an operator", f"write '{s.at(-1)[1]}'", place(s.at(-1)).to(s.span)
        )
    if s.at(1)[1] in (">", "<") and s.touches(1):
        hint = "write 'lambda x :: ...' for a function" if s.at(1)[1] == ">" else "write '<='"
        return Finding("D0003", f"'={s.at(1)[1]}' is not an operator", hint, s.span.to(place(s.at(1))))
    if s.first[0] in ("IF", "ELIF", "WHILE", "ASSERT") or (s.depth and s.openers[-1][0] != "LPAR"):
        return Finding("D0003", "'=' assigns, it does not compare", "write '=='")
    if s.depth:
        return Finding("D0003", "only a plain name can stand before '=' in a call", "write '==' to compare")
    return Finding("D0003", "'=' cannot stand here", "write '==' to compare")


def arrow(s: Situation) -> Finding | None:
    """`->` in the wrong place."""
    if s.kind == "MINUS" and s.at(1)[1] == ">" and s.first[0] in ("DEF", "SYNC"):
        return Finding("D0022", "'->' is one sign", "write it without a blank", s.span.to(place(s.at(1))))
    if s.kind != "ARROW":
        return None
    if s.first[0] in ("DEF", "SYNC") and not s.depth:
        return Finding("D0022", "'->' must follow the ')' of the parameters", "write 'def f(x) -> int:'")
    hint = "write 'lambda x :: ...' for a function"
    return Finding("D0022", "'->' stands only before the result type of a function", hint)


def out_of_place(s: Situation) -> Finding | None:
    """`state:` outside of an agent, `pipeline p(x):`, `on_feedback_received(id):`, `x := 1`."""
    if s.kind == "STATE":
        return Finding("D0035", "'state:' stands only in an agent", "move it into 'agent Name:'")
    if s.first[0] == "PIPELINE" and s.kind == "LPAR":
        return Finding(
            "D0036", "a pipeline block has no parameters", "write 'input: name' as the first line of its block"
        )
    if s.first[0] == "ON_FEEDBACK" and "ARROW" in s.expected:
        return Finding("D0022", "the feedback has no name", "write 'on_feedback_received(id) -> feedback:'")
    if s.kind == "WALRUS" and not s.depth:
        return Finding("D0003", "':=' stands only inside of expressions", "write '='")
    return None


def keyword_as_name(s: Situation) -> Finding | None:
    """`def class():`, `x.in = 3`."""
    if s.text in HARD_WORDS and "NAME" in s.expected and "NUMBER" not in s.expected and not s.is_first:
        return Finding("D0040", f"'{s.text}' is a keyword and cannot be a name", f"write '{s.text}_'")
    return None


def member(s: Situation) -> Finding | None:
    """A statement among the members of a struct or agent."""
    if "STATE" in s.expected and "FOR" not in s.expected and (s.is_first or s.first[0] == "NAME"):
        return Finding(
            "D0035", "only fields and methods can stand here", "put other code into a method", place(s.first)
        )
    fields = {"EQUAL", "COLON"}
    if (
        s.kind == "NAME"
        and s.index == s.start + 1
        and s.first[0] == "NAME"
        and fields <= s.expected <= {*fields, "LPAR"}
    ):
        return Finding("D0002", "':' is missing between the field and its type", f"write '{s.first[1]}: {s.text}'")
    if s.first[0] == "NAME" and "EQUAL" in s.expected and "COLON" in s.expected and s.index == s.start + 1 \
            and "AUGMENTED" not in s.expected:  # fmt: skip
        return Finding(
            "D0035", "only fields and methods can stand here", "put other code into a method", place(s.first)
        )
    return None


def missing_name(s: Situation) -> Finding | None:
    """`def (x):`, `import`, `struct :`."""
    if (
        "NAME" in s.expected
        and "NUMBER" not in s.expected
        and s.kind in ("NEWLINE", "COLON", "LPAR", "EQUAL", "NUMBER")
    ):
        after = s.at(-1)[1]
        return Finding("D0044", f"a name is missing after '{after}'", "", s.span)
    return None


STATEMENT_RULES: tuple[Callable[[Situation], Finding | None], ...] = (
    reserved, missing_block, indented, no_owner, unfinished_try, foreign_word, misspelt, print_without_parentheses,
    missing_in, out_of_place, missing_colon, equal_sign, arrow, member, keyword_as_name, missing_name,
)  # fmt: skip
