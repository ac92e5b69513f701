"""The examples of the documentation as a strict type checker sees them. `mypy` fails where a type is lost."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any, assert_type

import dana_poet
from dana_poet import DanaSourceError, Diagnostic, Policy, RunResult, Session, poet


def running(rows: list[float]) -> None:
    """Check `run`, `evaluate`, `load` and what they give."""
    result = dana_poet.run("monitor.na", {"days": 7})
    assert_type(result, RunResult)
    assert_type(result.output, str)
    assert_type(result.seconds, float)
    assert_type(result.diagnostics, tuple[Diagnostic, ...])
    assert_type(result.events, tuple[Any, ...])
    assert_type(dana_poet.evaluate("xs | mean", {"xs": rows}), Any)
    module = dana_poet.load(Path("monitor.na"))
    assert_type(module, ModuleType)
    module.SmartMonitor().monitoring_with_feedback(rows)


def sessions() -> None:
    """Check `Session` and `Policy`."""
    session = Session(state=Path("state"), policy=Policy.sandboxed())
    assert_type(session.run("x = 1"), RunResult)
    assert_type(Policy(frozenset({"os"}), own_folder=False).allows("os"), bool)


async def twins(session: Session) -> None:
    """Check the `async` twins."""
    assert_type(await dana_poet.arun("monitor.na"), RunResult)
    assert_type(await dana_poet.aevaluate("1"), Any)
    assert_type(await dana_poet.aload("monitor.na"), ModuleType)
    assert_type(await session.arun("x"), RunResult)


def texts(text: str) -> list[tuple[int, int, str]]:
    """Check `check`, `transpile` and `format`."""
    assert_type(dana_poet.transpile(text), str)
    try:
        assert_type(dana_poet.format(text, "a.na"), str)
    except DanaSourceError as error:
        assert_type(error.diagnostics, tuple[Diagnostic, ...])
    found = dana_poet.check(text, syntax_only=True)
    assert_type(found, list[Diagnostic])
    return [(one.span.line, one.span.column, f"{one.code} {one.severity} {one.message} {one.hint}") for one in found]


@poet(domain="api", retries=3, timeout=2.0)
def fetch_user(user_id: int) -> dict[str, int]:
    """Keep the type of a decorated function."""
    return {"id": user_id}


@poet
def plain(user_id: int) -> int:
    """Keep the type without parentheses too."""
    return user_id


def decorated() -> None:
    """Check `poet`."""
    assert_type(fetch_user(1), dict[str, int])
    assert_type(plain(1), int)
