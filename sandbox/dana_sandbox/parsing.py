"""Make the tree of a program, or say why there is none. Meant for a child: a parser has limits of its own."""

import ast
import warnings

from dana_sandbox.verdict import Violation

SHALLOWER = "give inner parts names of their own"
_PYTHON = "write Python 3.11"


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
        message = str(error.msg)[:200]
        return (Violation(error.lineno or 0, max(error.offset or 0, 0), "syntax", message, _PYTHON),)
    except (RecursionError, MemoryError, OverflowError):
        return (Violation(0, 0, "size", "the program is nested too deeply to be read", SHALLOWER),)
    except ValueError as error:
        return (Violation(0, 0, "syntax", str(error)[:200], _PYTHON),)
