"""`dana-poet run --json`: result, output, diagnostics, events and timing as one JSON object. Loaded only when asked for.

The keys are `ok`, `value`, `output`, `diagnostics` (as `check --json` has them), `events`, `seconds`, and `error`: null,
or what the report on the terminal says, as data - `type`, `calls`, `diagnostics`, `notes`, `cause`.
"""

from __future__ import annotations

import json
import math
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from dana_poet.cli.run import exit_code
from dana_poet.errors import PolicyError, UsageError
from dana_poet.runtime import execute
from dana_poet.runtime.session import Output, emitted, opened_state

if TYPE_CHECKING:
    from dana_poet.cli.run import Options
    from dana_poet.errors import DanaError

MAX_DEPTH = 100


def run_json(options: Options, program: execute.Program) -> int:
    """Run a program with all output collected, print one JSON object and return the exit code."""
    output = Output(program.namespace)
    running = execute.Running()
    value: Any = None
    failed: BaseException | None = None
    with opened_state(program, options.file), redirect_stdout(output.stream):
        try:
            given = bool(options.arguments)
            value = execute.settled(execute.run_file(options.file, options.arguments, program, coerce_text=given))
        except UsageError:
            raise
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever the program raised is reported
            failed = error
        unseen = running.finish()
        failed = failed or (unseen[0][1] if unseen else None)
        events = emitted()
    if "--trace" in options.flags:
        sys.modules["dana_poet.runtime.pipeline_trace"].summary()
    write(report_of(value, failed, options.file, output.taken(), events, running.seconds))
    return 0 if failed is None else exit_code(failed)


def refused(error: DanaError, file: str) -> int:
    """Print the JSON object for a run that never began, and return the exit code."""
    write(report_of(None, error, file, "", (), 0.0))
    return 3 if isinstance(error, PolicyError) else 2


def report_of(
    value: Any, failed: BaseException | None, file: str, output: str, events: tuple[Any, ...], seconds: float
) -> dict[str, Any]:
    """Return the JSON object for a run."""
    error = None if failed is None else _told(failed, file)
    return {
        "ok": failed is None, "value": plain(value), "output": output,
        "diagnostics": error["diagnostics"] if error else [], "events": [_event(event) for event in events],
        "seconds": round(seconds, 6), "error": error,
    }  # fmt: skip


def _event(event: Any) -> dict[str, Any]:
    return {"type": event.type, "payload": plain(event.payload), "id": event.id, "time": plain(event.time)}


def _told(failed: BaseException, file: str) -> dict[str, Any]:
    from dana_poet.runtime.tracebacks import Failure

    return Failure(failed, file).data()


def write(report: Any) -> None:
    """Print one JSON value in one line. Text that is no Unicode is written as escapes."""
    text = json.dumps(report, ensure_ascii=False, default=repr)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(report, default=repr)
    print(text)


def plain(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON can say it: structs as dicts, what has no JSON form as text.

    >>> plain({1: (2.5, float("inf"), {3})})
    {'1': [2.5, 'inf', [3]]}
    """
    value = execute.settled(value)
    kind = type(value)
    if value is None or kind in {bool, int, str}:
        return value
    if kind is float:
        return value if math.isfinite(value) else repr(value)
    if depth >= MAX_DEPTH:
        return "..."
    if isinstance(value, dict):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, depth + 1) for item in value]
    if hasattr(kind, "__dana_fields__") and hasattr(value, "__slots__"):
        return {name: plain(getattr(value, name), depth + 1) for name in value.__slots__}
    if isinstance(value, (str, int, float)):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)
