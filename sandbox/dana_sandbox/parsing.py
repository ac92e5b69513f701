"""Make the tree of a program, or say why there is none. Meant for a child: a parser has limits of its own."""

import ast
import re
import warnings

from dana_sandbox.verdict import Violation

SHALLOWER = "give inner parts names of their own"
TOO_LONG = ("this number is too long", "write it as a power or take it from the inputs")
_PYTHON = "write Python 3.11"
_FENCE = re.compile(r"^[ \t]*```", re.MULTILINE)
# By what Python says.
_HINTS = {
    "'return' outside function": "put it into a def, or set result",
    "'yield' outside function": "put it into a def, and call that",
    "print'": "write print(...)",
    "before global declaration": "write the global statement first in the function",
    "f-string: unmatched": "write other quotes inside the braces: Python 3.11 ends the string there",
    "f-string: expecting '}'": "write other quotes inside the braces: Python 3.11 ends the string there",
    "unindent does not match": "indent with four spaces throughout",
    "inconsistent use of tabs": "indent with four spaces throughout",
    "expected an indented block": "write pass where a block is empty",
    "never closed": "the text ends too early: close the bracket, or send the whole program",
    "unterminated": "close the quotes, and write \\n for a line end inside",
}


def parse(source: str) -> ast.Module | tuple[Violation, ...]:
    """Return the tree of `source`, or why there is none. Meant for a child: a parser has limits of its own.

    >>> print(*parse("x = ="))
    1:5: invalid syntax [syntax] (write Python 3.11)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        return (syntax_violation(error, source),)
    except (RecursionError, MemoryError, OverflowError):
        return (Violation(0, 0, "size", "the program is nested too deeply to be read", SHALLOWER),)
    except ValueError as error:
        return (Violation(0, 0, "syntax", str(error)[:200], _PYTHON),)


def syntax_violation(error: SyntaxError, source: str = "") -> Violation:
    """Say what Python says of a text that is no program, and what may have been meant."""
    message = str(error.msg)[:200]
    if message.startswith("Exceeds the limit"):  # of digits, which only a number in the text can have
        return Violation(error.lineno or 0, max(error.offset or 0, 0), "size", *TOO_LONG)
    hint = next((hint for part, hint in _HINTS.items() if part in message), _PYTHON)
    if _FENCE.search(source):
        hint = "take the code out of its ``` fence"
    return Violation(error.lineno or 0, max(error.offset or 0, 0), "syntax", message, hint)
