"""`dana-poet versions`, `diff`, `rollback`, `pin`, `unpin`: the stored versions of a function, looked at and changed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from dana_poet.cli.verbs import parser
from dana_poet.cli.versions_find import find, where
from dana_poet.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from dana_poet.codegen.versions import History, Version

FUNCTION = "name, module.qualname, or the path of a source or version file"


def versions(words: list[str]) -> int:
    """`dana-poet versions`: all versions of a function, or without one the functions that have versions."""
    options = _options("versions", "The stored versions of a function, newest last.", required=False)
    options.add_argument("--evidence", action="store_true", help="what each gate of verification and each trial said")
    options.add_argument("--audit", action="store_true", help="every change that was made, in order")
    _json(options)
    given = options.parse_args(words)
    if given.function is None:
        return _functions(given)
    history = find(given.function, given.state)
    if given.json:
        import json

        print(json.dumps(_record(history, given), ensure_ascii=False))
        return 0
    _show(history, given)
    return 0


def diff(words: list[str]) -> int:
    """`dana-poet diff`: what changed from one version to another; exit 1 when anything did."""
    options = _options("diff", "Compare two versions of a function. Exit 1 when they differ.")
    number = "the number of a version, or `original`"
    options.add_argument(
        "a", metavar="A", nargs="?", type=_or_original, help=f"{number} (default: what B was made from)"
    )
    options.add_argument(
        "b", metavar="B", nargs="?", type=_or_original, help="the number of another (default: the newest)"
    )
    _json(options)
    given = options.parse_args(words)
    history = find(given.function, given.state)
    newest = max((one.number for one in history.versions), default=0)
    b = newest if given.b is None else given.b
    a = given.a if given.a is not None else (history.version(b).parent or 0) if b else 0
    text = history.diff(a, b)
    _say(given, text, {"function": history.name, "a": a, "b": b, "diff": text}, end="")
    return 1 if text else 0


def rollback(words: list[str]) -> int:
    """`dana-poet rollback`: make an earlier version, or the original, run again."""
    options = _options("rollback", "Go back to an earlier version. What is left is not made active again by itself.")
    options.add_argument(
        "to",
        metavar="TO",
        nargs="?",
        type=_or_original,
        help="a number, or `original`; without it, what was active before",
    )
    options.add_argument("--reason", default="", help="why, for the audit trail")
    _json(options)
    given = options.parse_args(words)
    history = find(given.function, given.state)
    version = history.rollback(given.to, given.reason)
    _say(given, f"{history.name}: {_called(version)} runs now", _serving(history))
    return 0


def pin(words: list[str]) -> int:
    """`dana-poet pin`: let one version run whatever happens."""
    options = _options("pin", "Let one version run until it is unpinned. A file edited by hand is taken as it is now.")
    options.add_argument("number", metavar="N", type=_or_original, help="a number, or `original`")
    _json(options)
    given = options.parse_args(words)
    history = find(given.function, given.state)
    version = history.pin(given.number)
    edited = " as edited by hand, unverified" if version is not None and version.evidence.get("edited") else ""
    _say(given, f"{history.name}: {_called(version)} is pinned{edited}", _serving(history))
    return 0


def unpin(words: list[str]) -> int:
    """`dana-poet unpin`: let the active version run again."""
    options = _options("unpin", "Let the active version run again.")
    _json(options)
    given = options.parse_args(words)
    history = find(given.function, given.state)
    history.unpin()
    _say(given, f"{history.name}: {_called(history.current())} runs now", _serving(history))
    return 0


VERBS: dict[str, Callable[[list[str]], int]] = {
    "versions": versions, "diff": diff, "rollback": rollback, "pin": pin, "unpin": unpin,
}  # fmt: skip


def _options(verb: str, about: str, *, required: bool = True) -> argparse.ArgumentParser:
    options = parser(verb, about)
    options.add_argument("function", metavar="FUNCTION", nargs=None if required else "?", help=FUNCTION)
    options.add_argument("--state", metavar="DIR", help="the folder of the versions (default: .poet here and below)")
    return options


def _json(options: argparse.ArgumentParser) -> None:
    options.add_argument("--json", action="store_true", help="print JSON")


def _say(given: argparse.Namespace, text: str, record: dict[str, Any], end: str = "\n") -> None:
    """Print a line, or with `--json` the record that says the same."""
    if given.json:
        import json

        text, end = json.dumps(record, ensure_ascii=False), "\n"
    print(text, end=end)


def _serving(history: History) -> dict[str, Any]:
    """Return which version runs from now on, 0 for the original, and which one is pinned."""
    current = history.current()
    return {"function": history.name, "runs": current.number if current else 0, "pinned": history.pinned}


def _version_number(text: str) -> int:
    digits = text[1:] if text[:1] in {"v", "V"} else text
    if not (digits.isascii() and digits.isdigit()) or int(digits) == 0:
        raise UsageError(
            f"{text!r} is no number of a version", hint="such as 2; `dana-poet versions FUNCTION` lists them"
        )
    return int(digits)


def _or_original(text: str) -> int:
    return 0 if text in {"original", "0"} else _version_number(text)


def _called(version: Version | None) -> str:
    return "the original" if version is None else f"version {version.number}"


def _functions(given: argparse.Namespace) -> int:
    """Print which functions have versions."""
    from dana_poet.errors import StateError

    found: list[dict[str, Any]] = []
    for history in where(given.state):
        try:
            current, problem = history.current(), history.problem
            about = {"function": history.name, "versions": len(history.versions)}
        except StateError as error:
            current, problem, about = None, error.message, {"function": history.name, "versions": None}
        runs = "original" if current is None else current.number
        found.append({**about, "runs": runs, "problem": problem, "folder": os.path.dirname(history.file_of("x"))})
    if given.json:
        import json

        print(json.dumps(found, ensure_ascii=False))
    elif not found:
        print("no function has versions here")
    else:
        rows = [
            [
                one["function"],
                "?" if one["versions"] is None else str(one["versions"]),
                _runs(one["runs"]),
                one["folder"],
            ]
            for one in found
        ]
        _table(["function", "versions", "runs", "folder"], rows)
        _problems([f"{one['function']}: {one['problem']}" for one in found if one["problem"]])
    return 0


def _runs(runs: object) -> str:
    return f"v{runs}" if isinstance(runs, int) else "original"


def _record(history: History, given: argparse.Namespace) -> dict[str, Any]:
    """Return what `--json` prints."""
    current = history.current()
    listed = []
    for version in history.versions:
        record = {**version.to_json(), "pinned": version.pinned, "path": version.path}
        del record["evidence"]
        if given.evidence:
            record["evidence"] = dict(history.evidence(version))
        listed.append(record)
    found: dict[str, Any] = {
        "function": history.name, "runs": current.number if current else 0, "pinned": history.pinned,
        "problem": history.problem, "versions": listed,
    }  # fmt: skip
    if given.audit:
        found["audit"] = [entry.to_json() for entry in history.audit()]
    return found


def _show(history: History, given: argparse.Namespace) -> None:
    current = history.current()
    listed = history.versions
    if not sys.stdout.isatty() or not listed:
        print(f"{history.name}: {_called(current)} runs{' (pinned)' if history.pinned is not None else ''}")
    if listed:
        _table(
            ["version", "state", "by", "made", "from", ""],
            [_row(version, runs=current is not None and version.number == current.number) for version in listed],
            title=f"{history.name}: {_called(current)} runs",
        )
    else:
        print("no version is stored yet")
    _problems([history.problem] if history.problem else [])
    if given.evidence:
        for version in listed:
            _evidence(version, history.evidence(version))
    if given.audit:
        print("\n".join(str(entry) for entry in history.audit()))


def _row(version: Version, *, runs: bool) -> list[str]:
    state = f"{version.state} {version.percent:g}%" if version.state == "canary" else version.state
    notes = [
        "runs" if runs else "", "pinned" if version.pinned else "", "taken back" if version.withdrawn else "",
        "text removed" if version.collected else "",
    ]  # fmt: skip
    parent = f"v{version.parent}" if version.parent else "original"
    note = ", ".join(note for note in notes if note)
    return [f"v{version.number}", state, f"{version.origin}: {version.generator}", version.created, parent, note]


def _evidence(version: Version, evidence: Any) -> None:
    """Print what is known of one version: its gates, its trial, its counterexamples."""
    print(f"\nv{version.number}")
    verification = evidence.get("verification") or {}
    for gate in verification.get("gates") or ():
        seconds = gate.get("seconds")
        took = f"  {seconds * 1e3:.0f} ms" if isinstance(seconds, (int, float)) else ""
        reason = f"  {gate['reason']}" if gate.get("reason") else ""
        print(f"  {gate.get('name', '?'):<16} {gate.get('verdict', '?'):<8}{took}{reason}")
        if gate.get("counterexample"):
            print(f"    counterexample: {gate['counterexample']}")
    for name, value in sorted((evidence.get("trial") or {}).items()):
        print(f"  trial {name:<22} {value}")
    for example in evidence.get("counterexamples") or ():
        print(f"  counterexample in use: {example}")
    if version.usage:
        spent = ", ".join(f"{name} {value}" for name, value in version.usage.items() if value is not None)
        print(f"  cost: {spent}")
    if not evidence:
        print("  nothing: it was not verified")


def _problems(problems: list[str]) -> None:
    for problem in problems:
        print(f"! {problem}")


def _table(head: list[str], rows: list[list[str]], title: str = "") -> None:
    """Print a table: by rich on a terminal, plain columns in a pipe."""
    if sys.stdout.isatty():
        _rich_table(head, rows, title)
        return
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for line in (head, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _rich_table(head: list[str], rows: list[list[str]], title: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title) or None, title_justify="left", header_style="bold")
    for name in head:
        table.add_column(name, overflow="fold")
    colours = {"active": "green", "quarantined": "red", "canary": "yellow", "shadow": "yellow"}
    for row in rows:
        cells = [escape(cell) for cell in row]
        colour = colours.get(row[1].partition(" ")[0])
        table.add_row(*cells, style=colour)
    Console().print(table)
