"""Executions in few bytes: what repeats is kept once as a layout, what differs as one block of exact doubles.

An execution is a document `{"f": function, "s": layout, "b": block}`. The block has the time, the quality and every other
float as eight bytes each, and an id that is a UUID as sixteen. `f` and `s` are numbers made from a checksum of what they
stand for, so that a name that was in a damaged place gets its number back when it is used again.
"""

from __future__ import annotations

import json
import math
import struct
from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING, Any
from zlib import crc32

from dana_learning.observation import Attempt, ExecutionFeedback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_learning.appendlog.log import Log
    from dana_learning.appendlog.state import Place

_DOUBLE = struct.Struct("<d")
_NUMBERS = (1 << 26) - 1
_EXACT_LAYOUTS = 256
"""So many layouts of one function may name signature and errors; what varies more is kept with each execution."""
_LAYOUTS = 512
_REST = (
    "user_feedback",
    "plugin_metrics",
    "domain_specific_feedback",
    "plugin_performance",
    "plugin_learning_opportunities",
)
_FIELDS = tuple(ExecutionFeedback.__dataclass_fields__)

_FORMATS: dict[int, struct.Struct] = {}


def _format(count: int) -> struct.Struct:
    if count not in _FORMATS:
        _FORMATS[count] = struct.Struct(f"<{count}d")
    return _FORMATS[count]


def id_bytes(text: str) -> tuple[int, bytes]:
    """Return how an id is kept (0 text, 1 UUID with dashes, 2 UUID in 32 digits) and its bytes."""
    if len(text) in {32, 36}:
        digits = text.replace("-", "")
        try:
            raw = bytes.fromhex(digits)
        except ValueError:
            raw = b""
        if len(raw) == 16 and raw.hex() == digits and text in {digits, _dashed(digits)}:
            return (1 if len(text) == 36 else 2), raw
    return 0, text.encode("utf-8", "surrogatepass")


def _dashed(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def mark_of(execution: str) -> int:
    """Return the checksum that an execution is found by."""
    return crc32(id_bytes(execution)[1])


def describe_execution(document: Mapping[str, Any]) -> Place:
    """Return function number, time and mark of an execution's document."""
    try:
        function = document["f"]
        if "b" not in document:
            return function, document["t"], mark_of(document["i"])
        block = a2b_base64(document["b"])
        mark = mark_of(document["i"]) if "i" in document else crc32(block[-16:])
        return function, _DOUBLE.unpack_from(block)[0], mark
    except (KeyError, ValueError, TypeError, struct.error):
        return 0, 0.0, 0  # not one of ours: TinyDB may put anything into any table


class Numbers:
    """Texts by number and numbers by text, kept in a table of a log."""

    def __init__(self, log: Log, table: str) -> None:
        self._log = log
        self._table = table
        self._seen = -1
        self.texts: dict[int, str] = {}
        self._numbers: dict[str, int] = {}

    def refresh(self) -> None:
        """Read what others added. Hold the log's mutex."""
        table = self._log.table(self._table)
        if table.version == self._seen:
            return
        self._seen = table.version
        self.texts = {
            key: document["n"]
            for key in table.offsets
            if isinstance(key, int) and (document := self._log.document(self._table, key)) is not None
        }
        self._numbers = {text: number for number, text in self.texts.items()}

    def get(self, text: str) -> int | None:
        """Return the number of a text, None when it has none."""
        return self._numbers.get(text)

    def number(self, text: str, operations: list[list[Any]]) -> int:
        """Return the number of a text; a new one is added to `operations`, to be committed with what uses it."""
        number = self._numbers.get(text)
        if number is None:
            number = crc32(text.encode("utf-8", "surrogatepass")) & _NUMBERS or 1
            while number in self.texts:
                number = number % _NUMBERS + 1
            self.texts[number] = text
            self._numbers[text] = number
            operations.append(["p", self._table, number, {"n": text}])
        return number

    def committed(self) -> None:
        """Note that what was added is in the log now."""
        self._seen = self._log.table(self._table).version

    def forget(self) -> None:
        """Read all again at the next refresh: what was added did not get into the log."""
        self._seen = -2


class Packer:
    """Turns executions into documents and back."""

    def __init__(self, names: Numbers, layouts: Numbers) -> None:
        self._names = names
        self._layouts = layouts
        self._known: dict[tuple[Any, ...], int] = {}
        self._parsed: dict[int, list[Any]] = {}
        self._counts: dict[int, int] = {}
        self._stamp = -1

    def refresh(self) -> None:
        """Forget what was remembered when numbers changed by another hand. Hold the log's mutex."""
        self._names.refresh()
        self._layouts.refresh()
        if self._stamp != self._layouts._seen:  # noqa: SLF001 - one machine in two classes
            self._stamp = self._layouts._seen  # noqa: SLF001
            self._known.clear()
            self._parsed.clear()
            self._counts.clear()
            for text in self._layouts.texts.values():
                function = json.loads(text)[0]
                self._counts[function] = self._counts.get(function, 0) + 1

    def committed(self) -> None:
        """Note that new names and layouts are in the log."""
        self._names.committed()
        self._layouts.committed()
        self._stamp = self._layouts._seen  # noqa: SLF001

    def forget(self) -> None:
        """Take back what was not committed."""
        self._names.forget()
        self._layouts.forget()

    def pack(
        self, feedback: ExecutionFeedback, moment: float, identity: tuple[int, bytes], operations: list[list[Any]]
    ) -> dict[str, Any]:
        """Return the document of an execution; names and layouts that are new are added to `operations`.

        `identity` is what `id_bytes` says of its id.
        """
        function = self._names.number(feedback.function_name, operations)
        floats = [moment, feedback.output_quality, *feedback.performance_metrics.values()]
        others = list[Any]()
        shapes = [_split(mapping, floats, others) for mapping in (feedback.values, feedback.context)]
        attempts = tuple(_attempt(one, floats) for one in feedback.attempts)
        kind, raw = identity
        shape = (tuple(feedback.performance_metrics), *shapes, tuple(mask for mask, _ in attempts), kind)
        errors = tuple(error for _, error in attempts)
        document: dict[str, Any] = {"f": function}
        layout = self._layout(function, (feedback.input_signature, errors), shape, operations)
        if layout is None:
            return {"f": function, "t": moment, "i": feedback.execution_id, "x": feedback.to_dict()}
        document["s"], exact = layout
        block = _format(len(floats)).pack(*floats)
        document["b"] = b2a_base64(block + raw if kind else block, newline=False).decode()
        if not kind:
            document["i"] = feedback.execution_id
        if not exact:
            document["g"] = [feedback.input_signature, list(errors)]
        if others:
            document["o"] = others
        rest: dict[str, Any] = {
            name: found for name in _REST if (found := getattr(feedback, name)) not in ({}, (), None)
        }
        if not feedback.validation_passed:
            rest["validation_passed"] = False
        if rest or feedback.user_feedback is not None:
            document["x"] = (
                rest if feedback.user_feedback is None else {**rest, "user_feedback": feedback.user_feedback}
            )
        return document

    def _layout(
        self, function: int, inexact: tuple[Any, ...], shape: tuple[Any, ...], operations: list[list[Any]]
    ) -> tuple[int, bool] | None:
        """Return the number of a layout and whether it names signature and errors; None when there are too many."""
        for key, exact, most in (
            ((function, inexact, shape), True, _EXACT_LAYOUTS),
            ((function, None, shape), False, _LAYOUTS),
        ):
            number = self._known.get(key)
            if number is None:
                text = json.dumps(key, separators=(",", ":"))
                number = self._layouts.get(text)
                if number is None and self._counts.get(function, 0) < most:
                    number = self._layouts.number(text, operations)
                    self._counts[function] = self._counts.get(function, 0) + 1
                if number is None:
                    continue
                self._known[key] = number
            return number, exact
        return None

    def unpack(self, document: Mapping[str, Any]) -> ExecutionFeedback:
        """Return the execution of a document. What a lost layout named is left out: metrics, values, attempts."""
        name = self._names.texts.get(document["f"]) or f"lost-{document['f']}"
        if "b" not in document:
            return ExecutionFeedback.from_dict({**document["x"], "function_name": name, "timestamp": document["t"]})
        layout = self._parsed.get(document["s"])
        if layout is None:
            text = self._layouts.texts.get(document["s"])
            layout = json.loads(text) if text else [0, ["", []], [[], [], [], [], 0 if "i" in document else 1]]
            self._parsed[document["s"]] = layout
        (metrics, values, context, masks, kind) = layout[2]
        block = a2b_base64(document["b"])
        floats = iter(_format(len(block) // 8).unpack_from(block))
        others = iter(document.get("o", ()))
        signature, errors = layout[1] or document["g"]
        moment, quality = next(floats), next(floats)
        found = {
            "execution_id": document["i"] if not kind else _uuid(block[-16:], kind),
            "function_name": name,
            "input_signature": signature,
            "output_quality": quality,
            "performance_metrics": {metric: next(floats) for metric in metrics},
            "values": {one: next(floats) if double else next(others) for one, double in values},
            "context": {one: next(floats) if double else next(others) for one, double in context},
            "attempts": tuple(_tried(mask, error, floats) for mask, error in zip(masks, errors, strict=False)),
            "timestamp": moment,
            **document.get("x", {}),
        }
        return _made(found)


def _split(mapping: Mapping[str, Any], floats: list[float], others: list[Any]) -> tuple[tuple[str, int], ...]:
    """Append the floats and the other values of a mapping; return its names, each with 1 for a float."""
    shape = []
    for name, value in mapping.items():
        double = type(value) is float
        (floats if double else others).append(value)
        shape.append((name, int(double)))
    return tuple(shape)


def _attempt(attempt: Attempt, floats: list[float]) -> tuple[int, str]:
    """Append the numbers of an attempt; return which of timeout (1) and wait (2) it has, and its error."""
    mask = (attempt.timeout is not None) + 2 * (attempt.wait != 0.0 or math.copysign(1.0, attempt.wait) < 0)
    floats.append(attempt.seconds)
    if attempt.timeout is not None:
        floats.append(attempt.timeout)
    if mask & 2:
        floats.append(attempt.wait)
    return mask, attempt.error


def _tried(mask: int, error: str, floats: Any) -> Attempt:
    seconds = next(floats)
    timeout = next(floats) if mask & 1 else None
    return Attempt(seconds, error, timeout, next(floats) if mask & 2 else 0.0)


def _uuid(raw: bytes, kind: int) -> str:
    return _dashed(raw.hex()) if kind == 1 else raw.hex()


_DEFAULTS: dict[str, Any] = {"validation_passed": True, "user_feedback": None, "plugin_learning_opportunities": ()}


def _made(found: dict[str, Any]) -> ExecutionFeedback:
    """Make a value from fields that were checked when they were kept."""
    feedback = object.__new__(ExecutionFeedback)
    put = object.__setattr__
    for name in _FIELDS:
        value = found.get(name)
        if value is None:
            value = _DEFAULTS.get(name, {})
        elif name == "plugin_learning_opportunities":
            value = tuple(value)
        put(feedback, name, value)
    return feedback
