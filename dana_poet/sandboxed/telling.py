"""In the worker: an error of the program as plain data, with everything that a report shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError
from dana_poet.runtime.explanations import code_of
from dana_poet.runtime.tracebacks import Failure, frames_of

if TYPE_CHECKING:
    from dana_grammar.errors import Diagnostic
    from dana_poet.runtime.tracebacks import Frame

MOST_CALLS = 2000
MOST_CAUSES = 8
MOST_CHARACTERS = 4000


def told(error: BaseException, file: str) -> dict[str, Any]:
    """Return an error as plain data; `file` is where it is said to be when it has no place."""
    dana = isinstance(error, DanaError)
    return {
        "classes": [kind.__name__ for kind in type(error).__mro__[:20]],
        "message": _cut(error.message if isinstance(error, DanaError) else str(error)),
        "hint": _cut(error.hint) if isinstance(error, DanaError) else "",
        "code": code_of(error),
        "dana": dana,
        "placed": bool(frames_of(error)),
        "failure": _failure(Failure(error, file)),
    }


def _failure(failure: Failure, depth: int = 0) -> dict[str, Any]:
    cause = failure.cause
    return {
        "kind": failure.kind,
        "calls": [_call(frame) for frame in failure.calls[-MOST_CALLS:]],
        "diagnostics": [diagnostic(one) for one in failure.diagnostics[:100]],
        "notes": [_cut(note) for note in failure.notes[:50]],
        "cause": _failure(cause, depth + 1) if cause is not None and depth < MOST_CAUSES else None,
        "cause_is_meant": failure.cause_is_meant,
    }


def _call(frame: Frame) -> dict[str, Any]:
    return {"file": frame.file, "span": list(frame.span), "where": _cut(frame.where)}


def diagnostic(one: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as plain data."""
    return {
        "code": one.code, "message": _cut(one.message), "hint": _cut(one.hint), "severity": one.severity,
        "file": one.file, "span": list(one.span),
        "related": [[list(span), _cut(text)] for span, text in one.related[:20]],
    }  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 3] + "..."
