"""Domains through `@poet` in Python: the same function behaves differently, and works, in different domains."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Annotated, Any

import pytest

from dana_poet import poet
from dana_poet.errors import PoetOptionError, PoetValidationError
from dana_poet.events import session_store

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Waits between attempts are for production; versions are stored away from the tests."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


def read(credit_score: int, target_temp: float, message: str = "hi") -> dict[str, Any]:
    """Say what arrived."""
    return {"score": credit_score, "temperature": target_temp, "message": message}


# ruff: noqa: ARG001 - what domains look at is the parameters


def under(domain: str | None, **options: Any) -> Any:
    """Return the same function under a domain."""
    return poet(domain=domain, learning="off", **options)(read) if domain else poet()(read)


def test_two_domains_make_two_functions_of_one() -> None:
    """What one reads the other refuses, and plain @poet reads neither."""
    bank, building, plain = under("financial_services"), under("building_management"), under(None)
    assert bank("excellent", 70.0)["score"] == 780
    assert building(700, "68F")["temperature"] == 20.0
    for function, arguments in (
        (bank, ("excellent", "68F")), (building, ("excellent", 20.0)), (plain, ("excellent", 20.0)), (plain, (700, "68F")),
        (bank, (900, 20.0)), (building, (700, 38.0)),
    ):  # fmt: skip
        with pytest.raises(PoetValidationError):
            function(*arguments)
    assert bank(700, 60.0)["temperature"] == 60.0
    assert building(900, 20.0)["score"] == 900


def test_results_are_judged_by_the_domain() -> None:
    """One answer, five judges that each mind something else."""

    def answer(message: str) -> Any:
        return {"reply": "Calm down.", "temperature": 120.0, "yield": 300, "rate": float("inf"), "status": 404}

    said = {}
    for domain in ("base", "api", "customer_service", "building_management", "manufacturing", "financial_services"):
        try:
            poet(domain=domain, learning="off", retries=0)(answer)("hello")
        except PoetValidationError as error:
            said[domain] = str(error).partition("answer ")[2]
    assert set(said) == {"api", "customer_service", "building_management", "manufacturing", "financial_services"}
    assert len(set(said.values())) == len(said)


def test_a_domain_says_what_is_tried_again() -> None:
    """A busy service and an empty answer pass; a lost argument and a refusal do not."""
    calls = {"api": 0, "llm": 0, "refusal": 0}

    @poet(domain="api", learning="off", retries=3)
    def fetch(user_id: int) -> dict[str, Any]:
        calls["api"] += 1
        return {"status": 503} if calls["api"] < 3 else {"status": 200, "id": user_id}

    @poet(domain="llm", learning="off", retries=3)
    def ask(prompt: str) -> str:
        calls["llm"] += 1
        return "" if calls["llm"] < 2 else "four"

    @poet(domain="llm", learning="off", retries=3)
    def refuse(prompt: str) -> str:
        calls["refusal"] += 1
        return "I'm sorry, but I can't help with that."

    assert fetch(7) == {"status": 200, "id": 7}
    assert ask("2 + 2") == "four"
    with pytest.raises(PoetValidationError, match="refused"):
        refuse("2 + 2")
    assert calls == {"api": 3, "llm": 2, "refusal": 1}


def test_what_changes_something_is_called_once() -> None:
    """A payment is not a question."""
    calls = []

    @poet(domain="api", learning="off")
    def create_order(item: str) -> dict[str, Any]:
        calls.append(item)
        return {"status": 503}

    with pytest.raises(PoetValidationError, match="503"):
        create_order("book")
    assert calls == ["book"]


def test_the_fallback_endpoint_is_asked_when_the_first_one_fails() -> None:
    """With the same path and arguments."""
    asked = []

    @poet(domain="api", learning="off", retries=1, fallback_endpoint="https://b.example")
    def fetch(url: str) -> str:
        asked.append(url)
        if "//a." in url:
            raise ConnectionError("down")
        return url

    assert fetch("https://a.example/users/7") == "https://b.example/users/7"
    assert asked[-1] == "https://b.example/users/7"


def test_answers_in_json_arrive_as_what_the_hint_says() -> None:
    """The function's own return type decides."""

    @poet(domain="llm", learning="off")
    def classify(prompt: str) -> dict[str, Any]:
        return '```json\n{"label": "ok"}\n```'  # type: ignore[return-value]  # what a model writes

    assert classify("x") == {"label": "ok"}


def test_hints_say_the_unit() -> None:
    """Annotated text names it."""

    @poet(domain="building_management", learning="off")
    def heat(target_temp: Annotated[float, "F"], power: Annotated[float, "W"] = 0.0) -> float:
        return target_temp + power

    assert heat("20 °C", "1kW") == 1068.0  # type: ignore[arg-type]  # what people write


def test_coroutines_and_methods_have_domains_too() -> None:
    """Perceive and Enforce are the same for all of them."""

    class Desk:
        @poet(domain="financial_services", learning="off")
        def fee(self, amount: float) -> float:
            return amount / 100

    @poet(domain="financial_services", learning="off")
    async def later(amount: float) -> float:
        return amount / 100

    assert Desk().fee("$5K") == 50.0  # type: ignore[arg-type]  # what people write
    assert asyncio.run(later("$5K")) == 50.0  # type: ignore[arg-type]
    with pytest.raises(PoetValidationError):
        asyncio.run(later("much"))  # type: ignore[arg-type]


def test_nothing_of_a_patient_stands_in_an_error() -> None:
    """Neither of what the domain refuses nor of what the hint refuses."""

    @poet(domain="healthcare", learning="off")
    def triage(patient_id: str, age: int, notes: list[str]) -> str:
        return "ok"

    calls: tuple[tuple[Any, ...], ...] = (("P-7", "Zanzibar", []), ("P-7", 40, "Zanzibar"))
    for arguments in calls:
        with pytest.raises(PoetValidationError) as told:
            triage(*arguments)
        assert "Zanzibar" not in f"{told.value} {told.value.hint} {told.value.value}"


def test_nothing_of_a_patient_is_stored(tmp_path: Path) -> None:
    """Even where arguments are recorded, and where the function's own error speaks of them."""

    @poet(domain="healthcare", record_inputs=True, retries=0)
    def triage(patient_id: str, notes: str) -> str:
        if notes == "fail":
            raise LookupError(f"{patient_id} is unknown")
        return notes

    assert triage("Zanzibar", "well again") == "well again"
    with pytest.raises(LookupError):
        triage("Zanzibar", "fail")
    session_store(tmp_path).flush()
    stored = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"poet.execution.completed" in stored
    assert b"LookupError" in stored
    assert b"Zanzibar" not in stored
    assert b"well again" not in stored


def test_a_misspelt_domain_and_a_wrong_option_are_told_at_once() -> None:
    """At decoration, not at the first call."""
    with pytest.raises(PoetOptionError) as told:
        under("finacial_services")
    assert "financial_services" in told.value.hint
    with pytest.raises(PoetOptionError, match="min_samples takes a whole number"):
        under("ml_monitoring", min_samples="many")
