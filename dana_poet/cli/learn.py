"""`dana-poet learn`: what functions have learned, why, learning now, and the way back."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dana_poet.cli.learn_feedback import has_events, judged_in, lines_of, orchestrated
from dana_poet.cli.places import folder_of, length, told_plainly
from dana_poet.cli.verbs import parser
from dana_poet.errors import StateError, UsageError
from dana_poet.learned import path_in

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from dana_learning import Overview, TinyStore

HEADS = ("function", "parameter", "served", "start", "bounds", "confidence", "executions", "last change")
MOST = 5_000
"""Executions that a batch analysis looks at, the newest."""


def learn(words: list[str]) -> int:
    """`dana-poet learn`."""
    options = parser("learn", "What functions have learned in a state folder, and why.")
    verbs = options.add_subparsers(dest="verb", metavar="status | explain | run | rollback", required=True)
    for name, about in ABOUT.items():
        one = verbs.add_parser(name, help=about, description=about[:1].upper() + about[1:] + ".", allow_abbrev=False)
        if name != "status":
            function = "*" if name == "run" else None
            one.add_argument("function", metavar="FUNCTION", nargs=function, help="as `learn status` names it")
        if name == "explain":
            one.add_argument("parameter", metavar="PARAM", nargs="?", help="one parameter; all without it")
        if name == "run":
            one.add_argument(
                "--keep", type=_count, metavar="N", help="let all but the last N executions go into totals"
            )
            one.add_argument(
                "--report-after", type=length, metavar="TIME",
                help="report feedback for executions that nobody knows after this long, such as 0s or 2h (default: "
                "that of the settings, else 1d)",
            )  # fmt: skip
        if name == "rollback":
            one.add_argument("to", metavar="TO", nargs="?", type=_count, help="a version; the one before without it")
            one.add_argument("--release", action="store_true", help="let learning change it again")
        one.add_argument("--state", metavar="DIR", help="the state folder (default: that of the settings, else .poet)")
        one.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args(words)
    given.state = folder_of(given.state)
    with told_plainly("learn"):
        return DOING[given.verb](given)


def _count(text: str) -> int:
    number = int(text) if text.isdigit() else 0
    if number < 1:
        raise UsageError(f"{text!r} is not a whole number from 1", hint="see dana-poet learn --help")
    return number


@contextmanager
def _store(given: argparse.Namespace, *, read_only: bool) -> Iterator[TinyStore]:
    """Open the store of the folder; whatever it says becomes one clear line."""
    import warnings

    from dana_learning import LearningError, StoreError, TinyStore

    path = path_in(given.state)
    if not os.path.exists(path):
        raise UsageError(
            f"nothing has been learned in {given.state}", hint=f"there is no {path}; --state DIR names another"
        )
    try:
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            store = TinyStore(path, read_only=read_only)
        for one in found:
            print(f"dana-poet learn: {one.message}", file=sys.stderr)
        with store:
            yield store
    except StoreError as error:
        raise StateError(error.message, hint=error.hint) from error
    except LearningError as error:
        raise UsageError(error.message, hint=error.hint) from error


# status


def status(given: argparse.Namespace) -> int:
    """Show what is served for every function, and what people said of those that were judged."""
    told = judged_in(given.state)
    code = _parameters(given, {} if told is None else {"feedback": told})
    for line in lines_of(told) if told is not None and not given.json else ():
        print(line)
    return code


def _parameters(given: argparse.Namespace, more: dict[str, Any]) -> int:
    from dana_learning import overviews

    if not os.path.exists(path_in(given.state)):
        return _said(given, {"functions": [], **more}, f"nothing has been learned in {given.state} yet")
    with _store(given, read_only=True) as store:
        found = overviews(store)
    if given.json:
        return _said(given, {"functions": [_status_of(one) for one in found], **more}, "")
    if not found:
        return _said(given, {}, f"nothing has been learned in {given.state} yet")
    _show(found)
    for one in found:
        if one.problem:
            print(f"{one.function}: {one.problem}; it is learned again from what was recorded", file=sys.stderr)
    return 0


def _rows(one: Overview) -> list[tuple[str, ...]]:
    from dana_learning.explain import shown

    found: list[tuple[str, ...]] = []
    for name, value in one.served.items():
        sure = one.newest.confidence.get(name) if one.newest is not None else None
        start = shown(one.start[name]) if name in one.start else ""
        confidence = "" if sure is None else f"{sure:.2f}"
        held = " (held)" if one.held else ""
        found.append((name, shown(value) + held, start, one.bounds(name), confidence))
    return found or [("", "", "", "", "")]


def _last(one: Overview) -> str:
    if one.newest is None:
        return "nothing was served yet"
    return f"version {one.newest.version}: {one.newest.reason or 'no reason was given'}"


def _short(text: str, width: int = 60) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _status_of(one: Overview) -> dict[str, Any]:
    newest = one.newest
    parameters = [
        {
            "name": name, "served": value, "start": one.start.get(name), "bounds": _bounds(one, name),
            "confidence": None if newest is None else newest.confidence.get(name),
        }
        for name, value in one.served.items()
    ]  # fmt: skip
    last = None if newest is None else {"version": newest.version, "time": _time(newest.time), "reason": newest.reason}
    found = {"function": one.function, "executions": one.executions, "held": one.held, "parameters": parameters}
    return found | {"last_change": last} | ({"problem": one.problem} if one.problem else {})


def _bounds(one: Overview, name: str) -> Any:
    known = one.space is not None and name in one.space.names
    return one.space[name].describe() if one.space is not None and known else None


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


# explain


def explain(given: argparse.Namespace) -> int:
    """Show every change of a function, or of one of its parameters, with its reasons and the way back."""
    with _store(given, read_only=True) as store:
        one = _found(store, given.function)
    if given.parameter is not None and given.parameter not in one.served:
        raise UsageError(
            f"{one.function} has no parameter {given.parameter}",
            hint=_near(given.parameter, list(one.served), "its parameters are"),
        )
    versions = [_version(one, place) for place in range(len(one.sets))]
    if given.parameter is not None:
        versions = [each for each in versions if given.parameter in each["changed"]] or versions[:1]
    text = "\n".join([f"{one.function}: {one.executions} executions", *map(_told, versions)])
    if one.held:
        text += f"\nheld by hand: dana-poet learn rollback {one.function} --release lets it change again"
    return _said(
        given, {"function": one.function, "executions": one.executions, "held": one.held, "versions": versions}, text
    )


def _found(store: TinyStore, function: str) -> Overview:
    from dana_learning import overview, overviews

    names = [one.function for one in overviews(store)]
    if function not in names:
        raise UsageError(f"{function} has learned nothing", hint=_near(function, names, "these have:"))
    return overview(store, function)


def _near(name: str, known: list[str], all_are: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]}?" if near else f"{all_are} {', '.join(known)}" if known else "nothing has"


def _version(one: Overview, place: int) -> dict[str, Any]:
    newest = one.sets[place]
    before = one.sets[place - 1] if place else None
    why = one.explained(newest.version)
    was = {} if before is None else before.values
    changed = {name: [was.get(name), value] for name, value in newest.values.items() if was.get(name) != value}
    found: dict[str, Any] = {
        "version": newest.version, "time": _time(newest.time), "reason": newest.reason, "changed": changed,
        "confidence": dict(newest.confidence),
    }  # fmt: skip
    if why is not None:
        found |= {
            "expected_gain": why.expected_gain, "probability": why.probability, "evidence": why.evidence,
            "counterfactual": why.counterfactual, "learner": why.learner,
        }  # fmt: skip
    if before is not None:
        found["revert"] = f"dana-poet learn rollback {one.function} {before.version}"
    return found


def _told(version: dict[str, Any]) -> str:
    from dana_learning.explain import shown

    pairs = version["changed"].items()
    if "revert" in version:
        moved = ", ".join(f"{name}: {shown(was)} -> {shown(now)}" for name, (was, now) in pairs) or "nothing changed"
    else:
        moved = ", ".join(f"{name}: {shown(now)}" for name, (_, now) in pairs)
    lines = [f"version {version['version']}  {moved}", f"  why: {version['reason'] or 'no reason was given'}"]
    if "probability" in version:
        gain, chance = version["expected_gain"], version["probability"]
        sure = f"better with probability {chance:.2f}, on {version['evidence']} executions"
        lines += [f"  expected gain: {gain:+.3f} in quality, {sure}", f"  otherwise: {version['counterfactual']}"]
    if "revert" in version:
        lines.append(f"  to revert: {version['revert']}")
    return "\n".join(lines)


# run


def run(given: argparse.Namespace) -> int:
    """Learn what was recorded, analyse it, and let what people said change what it should."""
    found, let_go = _caught_up(given)
    told = orchestrated(given.state, given.report_after)
    problems = told[0]["problems"] if told is not None else []
    lines = [line for one in found for line in _lines(one)]
    lines += [f"{let_go} executions went into totals"] if given.keep else []
    lines += [told[1]] if told is not None else []
    result = {"functions": found, "let_go": let_go, "feedback": None if told is None else told[0]}
    return _said(given, result, "\n".join(lines) or "nothing has been learned yet") or int(bool(problems))


def _caught_up(given: argparse.Namespace) -> tuple[list[dict[str, Any]], int]:
    """Learn and analyse what was recorded; return it, and how many executions went. A folder may have events alone."""
    from dana_learning import overviews

    if not given.function and not os.path.exists(path_in(given.state)) and has_events(given.state):
        return [], 0
    with _store(given, read_only=False) as store:
        names = given.function or [one.function for one in overviews(store)]
        found = [_learned(store, _found(store, name)) for name in names]
        return found, store.retain(keep=given.keep) if given.keep else 0


def _learned(store: TinyStore, one: Overview) -> dict[str, Any]:
    """Let the tuner of a function catch up, and analyse its executions."""
    from dana_learning import BatchLearner, KeptTuner
    from dana_learning.kept import STATE

    before = one.served
    if STATE + one.function in store.state_names() and one.space is not None:
        tuner = KeptTuner(store, one.function, one.space)
        tuner.close()
        served = tuner.served()
    else:
        served = before
    insights = BatchLearner(space=one.space).analyze(store.executions(one.function, limit=MOST), served)
    store.save_state(f"insights/{one.function}", insights.to_dict())
    findings = [{"kind": each.kind, "text": each.text, "evidence": each.evidence} for each in insights]
    return {
        "function": one.function, "executions": one.executions, "before": before, "served": served,
        "enough": insights.enough, "findings": [each for each in findings if each["kind"] != "forecast"],
    }  # fmt: skip


def _lines(found: dict[str, Any]) -> list[str]:
    from dana_learning.explain import shown

    before, served = found["before"], found["served"]
    moved = [
        f"{name}: {shown(before.get(name))} -> {shown(now)}" for name, now in served.items() if before.get(name) != now
    ]
    lines = [f"{found['function']}: {found['executions']} executions; {', '.join(moved) or 'what is served stays'}"]
    if not found["enough"]:
        return [*lines, "  too few executions to analyse"]
    return [*lines, *(f"  {one['kind']}: {one['text']}" for one in found["findings"])]


# rollback


def rollback(given: argparse.Namespace) -> int:
    """Serve an earlier set again and hold it, or let it change again."""
    from dana_learning import KeptTuner, ParameterError

    with _store(given, read_only=False) as store:
        known = [one.version for one in _found(store, given.function).sets]
        if given.to is not None and given.to not in known:
            raise UsageError(
                f"{given.function} has no version {given.to}",
                hint=f"dana-poet learn explain {given.function} lists them",
            )
        tuner = KeptTuner.of(store, given.function)
        if given.release:
            tuner.release()
            served = tuner.served()
            return _said(given, {"function": given.function, "held": False, "served": served},
                         f"{given.function} learns again")  # fmt: skip
        try:
            change = tuner.rollback(given.to)
        except ParameterError as error:
            hint = f"dana-poet learn rollback {given.function} --release lets it change" if error.hint else ""
            raise UsageError(error.message, hint=hint) from error
        back = change.details["back_to"]
    text = (
        f"{given.function}: {change.what}\n  held until: dana-poet learn rollback {given.function} --release\n"
        f"  to revert: dana-poet learn rollback {given.function} {back}"
    )
    return _said(
        given,
        {"function": given.function, "held": True, "served": dict(change.after), "before": dict(change.before)},
        text,
    )


# Showing


def _said(given: argparse.Namespace, data: dict[str, Any], text: str) -> int:
    print(json.dumps(data, ensure_ascii=False) if given.json else text)
    return 0


def _show(found: list[Overview]) -> None:
    """Print one table for each function on a terminal, and plain columns where a program reads them."""
    if not sys.stdout.isatty():
        rows = [(one.function, *row, str(one.executions), _short(_last(one))) for one in found for row in _rows(one)]
        widths = [max(len(row[place]) for row in [HEADS, *rows]) for place in range(len(HEADS))]
        for row in [HEADS, *rows]:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False)
    for one in found:
        heads = HEADS[1:6]
        table = Table(*heads, title=escape(f"{one.function}: {one.executions} executions"), title_justify="left")
        for row in _rows(one):
            table.add_row(*map(escape, row))
        console.print(table)
        console.print(escape(_last(one)))


ABOUT = {
    "status": "what is served for every function, from where, how sure, on how many executions",
    "explain": "every change of a function: what, why, expected gain, probability, evidence, otherwise, the way back",
    "run": "learn what was recorded and analyse it now",
    "rollback": "serve an earlier set again, and hold it",
}
DOING: dict[str, Callable[[argparse.Namespace], int]] = {
    "status": status, "explain": explain, "run": run, "rollback": rollback,
}  # fmt: skip
