"""The examples of the documentation as a strict type checker sees them. `mypy` fails where a type is lost."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, assert_type

import dana_poet
from dana_poet import DanaSourceError, Diagnostic, Policy, RunResult, Session, poet
from dana_poet.stages.poet import Poet

if TYPE_CHECKING:
    from dana_poet.stages import PoetFunction


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


@poet(retries=1)
async def later(user_id: int, *, name: str = "") -> str:
    """Stay a coroutine function."""
    return name or str(user_id)


class Shop:
    """Has methods of each kind."""

    @poet(domain="api")
    def price(self, item: str, count: int = 1) -> float:
        """Lose `self` when it is bound."""
        return float(len(item) * count)

    @classmethod
    @poet
    def named(cls, name: str) -> Shop:
        """Stay a class method."""
        del name
        return cls()

    @staticmethod
    @poet
    def tax(price: float) -> float:
        """Stay a static method."""
        return price / 5


@poet(domain="api")
class Kept:
    """A class keeps its type."""


async def decorated(shop: Shop) -> None:
    """Check `poet`: the function's own signature stays, `.poet` is there, mistakes of a caller are still found."""
    assert_type(fetch_user(1), dict[str, int])
    assert_type(plain(1), int)
    assert_type(await later(1, name="a"), str)
    assert_type(shop.price("tea", count=2), float)
    assert_type(Shop.price(shop, "tea"), float)
    assert_type(Shop.named("a"), Shop)
    assert_type(shop.tax(1.0), float)
    assert_type(Kept(), Kept)
    plain("1")  # type: ignore[arg-type]  # the checker has to refuse it
    plain()  # type: ignore[call-arg]  # as above
    shop.price(1)  # type: ignore[arg-type]  # as above


def looked_at(shop: Shop) -> None:
    """Check `fn.poet`."""
    assert_type(plain.poet, Poet)
    handed_on: PoetFunction[[int], int] = plain
    assert_type(handed_on(1), int)
    assert_type(shop.price.poet.explain(), str)
    assert_type(fetch_user.poet.options, dict[str, Any])
    assert_type(fetch_user.poet.versions, tuple[Any, ...])
    assert_type(later.poet.last_execution_id, str | None)
    assert_type(plain.__name__, str)
    plain.poet.option  # type: ignore[attr-defined]  # noqa: B018 - the checker has to refuse it
