"""`dana-poet feedback ID key=value ...`: say what became of an execution, from a shell, a script or a hook."""

from __future__ import annotations

import difflib
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.cli.places import folder_of, told_plainly
from dana_poet.cli.verbs import parser
from dana_poet.errors import UsageError

if TYPE_CHECKING:
    import argparse


def feedback(words: list[str]) -> int:
    """`dana-poet feedback`."""
    given = _options().parse_intermixed_args(words)
    if "=" in given.id and any("=" not in pair for pair in given.pairs):
        raise UsageError(
            f"{given.id!r} is no execution id", hint="the id comes first: dana-poet feedback ID useful=true"
        )
    payload = read_pairs(given.pairs)
    if not payload and not given.retract:
        raise UsageError("what is there to say?", hint='dana-poet feedback ID was_real_drift=false reason="holiday"')
    folder = state_folder(given.state)
    if not os.path.isdir(folder):
        _note(f"there was no state folder {folder}; it is made")
    for remark in remarks_on(payload):
        _note(remark)
    with told_plainly("feedback"):
        told = given_in(folder, given.id, payload, amend=given.amend, retract=given.retract)
    if given.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    known = told["function"]
    version = f" v{told['version']}" if told["version"] is not None else ""
    print(f"noted for {given.id}: " + (f"{known}{version}" if known else "nobody knows this execution yet; it is kept"))
    return 0


def _note(text: str) -> None:
    print(f"dana-poet feedback: {text}", file=sys.stderr)


def remarks_on(payload: dict[str, Any]) -> list[str]:
    """Return what to say of keys that are kept and judge nothing, and look like one that does.

    >>> remarks_on({"usefull": True, "ticket": 7})
    ['usefull is kept and judges nothing; did you mean useful?']
    """
    from dana_poet.runtime.verdicts import ACCEPTS, MISSES, QUALITIES, REJECTS

    known = sorted({*ACCEPTS, *REJECTS, *MISSES, *QUALITIES, "reason", "cost_usd"})
    near = ((name, difflib.get_close_matches(name, known, 1, 0.8)) for name in payload if name not in {*known, "cost"})
    return [f"{name} is kept and judges nothing; did you mean {found[0]}?" for name, found in near if found]


def _options() -> argparse.ArgumentParser:
    options = parser("feedback", "Say what became of an execution. It is joined to the version of the code that ran.")
    options.add_argument("id", metavar="ID", help="the execution id")
    options.add_argument("pairs", metavar="key=value", nargs="*", help="what is said; values are JSON, else text")
    how = options.add_mutually_exclusive_group()
    how.add_argument("--amend", action="store_true", help="complete what was said before; what is not named stays")
    how.add_argument("--retract", action="store_true", help="take back all that was said before")
    options.add_argument("--state", metavar="DIR", help="the state folder (default: that of the settings, else .poet)")
    options.add_argument("--json", action="store_true", help="print what was noted as JSON")
    return options


def given_in(folder: str, execution_id: str, payload: dict[str, Any], *, amend: bool, retract: bool) -> dict[str, Any]:
    """Give feedback in a state folder; return what was noted, with the function and version where they are known."""
    from dana_poet.events import session_store
    from dana_poet.runtime import state
    from dana_poet.runtime.events import use_bus
    from dana_poet.runtime.feedback import feedback as give

    if not execution_id.strip():
        raise UsageError("the execution id is empty")
    with use_bus() as bus, state.use(state.StateFolder(folder)):
        event = give(execution_id, payload, amend=amend, retract=retract)
        bus.flush()
    store = session_store(folder)
    store.flush()
    found = store.query(type="poet.execution.completed", execution_id=execution_id, limit=1)
    ran = found[0].payload if found else {}
    return {
        "event": event, "execution_id": execution_id, "function": ran.get("function"), "version": ran.get("version"),
        "payload": payload, "amends": amend, "retracts": retract,
    }  # fmt: skip


def read_pairs(pairs: list[str]) -> dict[str, Any]:
    """Return what `key=value` words say; values are JSON where they can be read as such, else text.

    >>> read_pairs(["was_real_drift=false", "reason=holiday", "cost_usd=0.5"])
    {'was_real_drift': False, 'reason': 'holiday', 'cost_usd': 0.5}
    """
    found: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"{pair!r} is no key=value", hint="dana-poet feedback ID useful=true")
        if name in found:
            raise UsageError(f"{name} is given twice")
        found[name] = _value(text)
    return found


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, float) and value - value != 0 else value


def state_folder(named: str | None) -> str:
    """Return the state folder to use; UsageError where none was named and there is none here."""
    if named:
        return os.path.abspath(named)
    folder = os.path.abspath(folder_of(named))
    if not os.path.isdir(folder):
        raise UsageError(f"there is no state folder {folder}", hint="name it with --state DIR")
    return folder
