"""Compare what came of one call on both sides, under the contract of allowed differences."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.contract import Contract
from dana_poet.codegen.verification.exact import read_exact
from dana_poet.codegen.verification.hints import Hint

if TYPE_CHECKING:
    from dana_poet.codegen.verification.cases import Case
    from dana_poet.codegen.verification.laboratory import Record

_LOST = frozenset({"MemoryError", "RecursionError"})
"""Errors of the original that say more about the machine than about the function."""
_ACCIDENTS = frozenset({"TypeError", "AttributeError"})
_MISFITS = frozenset({"ValueError", "TypeError", "AttributeError", "KeyError", "IndexError"})
"""Errors that a call may end with whose input does not fit."""
_CONTAINERS = frozenset(
    "list tuple set frozenset dict sequence iterable iterator sequence_tuple tree str bytes".split()
)
_NUMBERS = frozenset({"int", "float", "complex", "bool"})


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows what holds for one original: its contract, its return hint, and whether it answers the same twice."""

    contract: Contract
    returns: Hint
    steady: bool
    hints: tuple[Hint, ...] = ()

    def usable(self, record: Record, *, heavy: bool = False) -> bool:
        """Whether a record of the original can be compared with; what fails at a large number may fail in another way."""
        lost = _LOST | {"OverflowError"} if heavy else _LOST
        return not (record.kind == "error" and lost & set(_raised(record)))

    def difference(self, case: Case, was: Record, now: Record) -> str | None:
        """Return what the candidate does differently and may not, or None."""
        match was.kind, now.kind:
            case "value", "value":
                found = self._values(case, was, now)
            case "value", _:
                found = self._raises(case, was, now)
            case _, "value":
                found = self._returns(case, was, now)
            case _:
                found = self._errors(case, was, now)
        return found or self._changes(case, was, now)

    def _values(self, case: Case, was: Record, now: Record) -> str | None:
        if not self.same(was.tokens, now.tokens):
            if case.fit == "no" and self.contract.coerce:
                return None
            return f"it returns {shown(now.tokens)}, the original {shown(was.tokens)}"
        if not self.steady:
            return None
        if now.again is not None and (was.again is None or not self.same(was.again, now.again)):
            return "a second call with the same input answers differently: something is shared between calls"
        if any(pair not in was.mine for pair in now.mine):
            return "it returns an object of its input, where the original returns another one"
        if any(pair not in was.shared for pair in now.shared):
            return "its result holds one object in several places, where the original's holds several"
        return None

    def _raises(self, case: Case, was: Record, now: Record) -> str | None:
        """The original returned, the candidate raises: allowed where the input does not fit, or the result did not."""
        misfit = case.fit != "yes" or not fits_tokens(was.tokens, self.returns)
        if misfit and (_MISFITS & set(_raised(now)) or self._declared(now)):
            return None
        return f"it raises {_raised(now)[0]}, the original returns {shown(was.tokens)}"

    def _returns(self, case: Case, was: Record, now: Record) -> str | None:
        """The original raised, the candidate returns: only where recovery or coercion is granted."""
        if self.contract.recover or (case.fit == "no" and self.contract.coerce):
            return None
        wide = _ACCIDENTS | {"KeyError", "IndexError"} if case.fit == "no" else _ACCIDENTS
        if case.fit in {"no", "unhinted"} and _raised(was)[0] in wide and self._near(case):
            return None
        return f"it returns {shown(now.tokens)}, the original raises {_raised(was)[0]}"

    def _errors(self, case: Case, was: Record, now: Record) -> str | None:
        name = _raised(was)[0]
        if name in _raised(now) or self._declared(now):
            before, after = _until(was), _until(now)
            if case.fit == "yes" and self.steady and before and not self.same(before, after):
                return "it yields other items than the original before both raise"
            return None
        wide = _MISFITS if case.fit != "yes" else {"ValueError", "TypeError"}
        if (case.fit != "yes" or name in _ACCIDENTS) and wide & set(_raised(now)):
            return None
        return f"it raises {_raised(now)[0]}, the original {name}"

    def _declared(self, now: Record) -> bool:
        allowed = {one.__name__ for one in self.contract.errors} | {"PoetValidationError"}
        return bool(allowed & set(_raised(now)))

    def _changes(self, case: Case, was: Record, now: Record) -> str | None:
        """Inputs are changed as the original changes them; who raises may leave them alone."""
        if now.after is None and (was.after is None or now.kind == "error"):
            return None
        if now.after is not None and was.after is not None and (self.same(was.after, now.after) or was.kind == "error"):
            return None
        if not self.steady and (now.after is None) == (was.after is None):
            return None
        if now.after is None:
            return "it leaves its input as it is, the original changes it"
        how = "the original changes it in another way" if was.after is not None else "the original does not"
        return f"it changes its input, {how}" if case.args or case.kwargs else None

    def _near(self, case: Case) -> bool:
        """Whether what does not fit is of a related type, where two ways to write a loop may differ."""
        from dana_poet.codegen.verification.hints import fits

        for value, hint in zip(case.args, self.hints, strict=False):
            if fits(value, hint):
                continue
            kinds = {one.kind for one in hint.parts} if hint.kind == "union" else {hint.kind}
            both = isinstance(value, (list, tuple, set, frozenset, dict, str, bytes)) and kinds & _CONTAINERS
            if not both and not (isinstance(value, (int, float, complex)) and kinds & _NUMBERS):
                return False
        return True

    def same(self, was: list[str], now: list[str]) -> bool:
        """Whether two results are the same: equal token by token, floats nearly, or as the user says."""
        if was == now:
            return True
        if self.contract.same is not None:
            return self._as_the_user_says(was, now)
        if not self.steady:
            return [_type(one) for one in was[:1]] == [_type(one) for one in now[:1]]
        if len(was) != len(now):
            return False
        return all(one == other or self._close(one, other) for one, other in zip(was, now, strict=True))

    def _close(self, one: str, other: str) -> bool:
        if one[:1] != "f" or other[:1] != "f":
            return False
        try:
            first, second = float(one[1:]), float(other[1:])
        except ValueError:
            return False
        if first == 0 or second == 0:
            return False
        return math.isclose(first, second, rel_tol=self.contract.tolerance, abs_tol=0.0)

    def _as_the_user_says(self, was: list[str], now: list[str]) -> bool:
        assert self.contract.same is not None
        one, other = value_of(was), value_of(now)
        try:
            return bool(self.contract.same(one, other))
        except Exception:  # noqa: BLE001 - an equivalence that cannot compare two values says no
            return False


def _raised(record: Record) -> list[str]:
    """Return the class of what a call raised, and its builtin bases; a generator may yield items before."""
    tokens = record.tokens
    return tokens[len(tokens) - tokens[::-1].index("raised") :] if "raised" in tokens else [""]


def _until(record: Record) -> list[str]:
    return record.tokens[: len(record.tokens) - len(_raised(record)) - 1]


def _type(token: str) -> str:
    return token[:1] if token[:1] in "ifsy" else token.rstrip("0123456789")


def fits_tokens(tokens: list[str], hint: Hint) -> bool:
    """Whether a result is of the hinted type, as far as its outside tells.

    >>> fits_tokens(["i3"], Hint("str")), fits_tokens(["None"], Hint("union", (Hint("int"), Hint("None"))))
    (False, True)
    """
    if not tokens or hint.kind in {"any", "other", "callable", "key", "iterable", "iterator"}:
        return True
    if hint.kind == "union":
        return any(fits_tokens(tokens, one) for one in hint.parts)
    first = tokens[0]
    kind = {"i": "int", "f": "float", "s": "str", "S": "str", "y": "bytes"}.get(first[:1], "")
    if first.startswith(("set", "frozenset")) or (first[:1] not in "ifsSy"):
        kind = first.removeprefix("object ").rstrip("0123456789")
    if kind in {"True", "False"}:
        return hint.kind in {"bool", "int", "float", "literal"}
    if hint.kind == "literal":
        return True
    wanted = {"float": {"int", "float"}, "sequence": {"list", "tuple", "str"}, "sequence_tuple": {"tuple"}}.get(
        hint.kind, {hint.kind}
    )
    return kind in wanted


def value_of(tokens: list[str]) -> Any:
    """Return the value that tokens stand for, as far as it is plain; else the tokens themselves.

    >>> value_of(["list2", "i1", "sa"])
    [1, 'a']
    """
    try:
        value, left = _read(tokens, 0)
    except (ValueError, IndexError, TypeError, KeyError):
        return tokens
    return value if left == len(tokens) else tokens


def _read(tokens: list[str], place: int) -> tuple[Any, int]:
    token = tokens[place]
    if token in {"None", "True", "False"}:
        return {"None": None, "True": True, "False": False}[token], place + 1
    if token.startswith("object "):
        return read_exact(token[7:], tokens[place + 1]), place + 2
    for name, kind in (("list", list), ("tuple", tuple)):
        if token.startswith(name) and token[len(name) :].isdigit():
            members, place = _members(tokens, place + 1, int(token[len(name) :]))
            return kind(members), place
    if token.startswith("dict") and token[4:].isdigit():
        flat, place = _members(tokens, place + 1, 2 * int(token[4:]))
        return dict(zip(flat[::2], flat[1::2], strict=True)), place
    match token[:1]:
        case "i":
            return int(token[1:], 0), place + 1
        case "s" if not token.startswith("set"):
            return token[1:], place + 1
        case "f" if not token.startswith("frozenset"):
            return float(token[1:]), place + 1
        case "y":
            return ast.literal_eval(token[1:]), place + 1
        case _:
            raise ValueError(token)


def _members(tokens: list[str], place: int, count: int) -> tuple[list[Any], int]:
    found = []
    for _ in range(count):
        one, place = _read(tokens, place)
        found.append(one)
    return found, place


def shown(tokens: list[str]) -> str:
    """Return a result as people see it, shortened."""
    value = value_of(tokens)
    text = " ".join(tokens[:30]) if value is tokens else repr(value)
    if tokens[:1] == ["iterator"] and value is tokens:
        text = f"an iterator of {_items_shown(tokens[1:])}"
    return text if len(text) <= 100 else f"{text[:80]}...{text[-12:]}"


def _items_shown(tokens: list[str]) -> str:
    """Return the items of an iterator as people see them, and how it ended."""
    found: list[str] = []
    place = 0
    while place < len(tokens) and tokens[place] == "item":
        try:
            value, place = _read(tokens, place + 1)
        except (ValueError, IndexError, TypeError, KeyError):
            return " ".join(tokens[:30])
        found.append(repr(value))
    end = tokens[place : place + 2]
    how = " and more" if end[:1] == ["more"] else f", then {end[1]}" if end[:1] == ["raised"] else ""
    return f"{', '.join(found) or 'nothing'}{how}"
