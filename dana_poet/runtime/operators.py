"""Dana's mixed-type rules: `"a" + 1`, `"5" == 5`, `"7" < 8`, `"yes" == true` (LANGUAGE, section 3).

Generated code uses Python's own operators wherever it can and comes here only for operands whose types the
transpiler does not know and that are not of one class.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaTypeError
from dana_poet.runtime.truth import word_truth

if TYPE_CHECKING:
    from collections.abc import Callable


def number_in(text: str) -> int | float | None:
    """Return the number that `text` is, or None.

    >>> number_in(" 5 "), number_in("2.5"), number_in("five")
    (5, 2.5, None)
    """
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None


def as_text(value: float) -> str:
    """Return a number as Dana joins it to text; booleans in lower case."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def add(left: Any, right: Any) -> Any:
    """Return `left + right`; a number joins text.

    >>> add("v", 2), add(1, "st"), add(1, 2)
    ('v2', '1st', 3)
    """
    if isinstance(left, str) and isinstance(right, (int, float)):
        return str(left) + as_text(right)
    if isinstance(right, str) and isinstance(left, (int, float)):
        return as_text(left) + str(right)
    return plain_add(left, right)


def plain_add(left: Any, right: Any) -> Any:
    """Return `left + right` as Python means it. DanaTypeError where text and something else meet."""
    try:
        return left + right
    except TypeError as error:
        if isinstance(left, str) or isinstance(right, str):
            raise DanaTypeError(
                f"cannot add {described(left)} and {described(right)}", hint="turn the value into text with str(...)"
            ) from error
        raise


def eq(left: Any, right: Any) -> Any:
    """Return `left == right`; text equals the number or truth value that it says.

    >>> eq("5", 5), eq("yes", True), eq("abc", 5)
    (True, True, False)
    """
    if isinstance(left, str):
        if isinstance(right, (bool, int, float)):
            return _text_is(left, right)
    elif isinstance(right, str) and isinstance(left, (bool, int, float)):
        return _text_is(right, left)
    return left == right


def ne(left: Any, right: Any) -> Any:
    """Return `left != right` by the rules of `eq`."""
    if isinstance(left, str) or isinstance(right, str):
        same = eq(left, right)
        return not same
    return left != right


def _text_is(text: str, value: float) -> bool:
    if isinstance(value, bool):
        return word_truth(text) is bool(value)
    return number_in(text) == value


def _plainly(symbol: str, compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def ordered(left: Any, right: Any) -> Any:
        try:
            return compare(left, right)
        except TypeError as error:
            raise DanaTypeError(f"cannot compare {described(left)} {symbol} {described(right)}") from error

    return ordered


def _mixed(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def ordered(left: Any, right: Any) -> Any:
        if isinstance(left, str) and isinstance(right, (int, float)):
            number = number_in(left)
            return compare(left if number is None else number, right)
        if isinstance(right, str) and isinstance(left, (int, float)):
            number = number_in(right)
            return compare(left, right if number is None else number)
        return compare(left, right)

    return ordered


plain_lt, plain_le = _plainly("<", operator.lt), _plainly("<=", operator.le)
plain_gt, plain_ge = _plainly(">", operator.gt), _plainly(">=", operator.ge)
lt, le, gt, ge = _mixed(plain_lt), _mixed(plain_le), _mixed(plain_gt), _mixed(plain_ge)

MIXED: dict[str, Callable[[Any, Any], Any]] = {
    "==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge, "+": add,
}  # fmt: skip
UNMIXED: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": plain_lt, "<=": plain_le, ">": plain_gt, ">=": plain_ge, "+": plain_add,
}  # fmt: skip
"""The operators of programs whose settings turn the mixed rules off (`auto_coercion = false`)."""


def described(value: object) -> str:
    """Return a short text for messages: the value, cut, and its type.

    >>> described("abc")
    "'abc' (str)"
    """
    shown = repr(value)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return f"{shown} ({type(value).__name__})"
