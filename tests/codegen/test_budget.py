from __future__ import annotations

import json
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.codegen.budget import Budget, prompt_bound
from dana_poet.codegen.budget_ledger import Spent
from dana_poet.codegen.generator import GenerationError
from dana_poet.errors import PoetOptionError
from dana_poet.llm import Message, Reply, Usage
from dana_poet.settings import LLMSettings, Settings, use_settings

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = (Message("user", "x" * 100),)
BOUND = prompt_bound(QUESTION)
PRICES: dict[str, Any] = {"price_in": 1.0, "price_out": 10.0}


def reply(prompt: int = 0, answer: int = 0, text: str = "ok") -> Reply:
    """Return a reply that counts so many tokens."""
    return Reply(text=text, usage=Usage(prompt, answer))


def reason_of(budget: Budget, wanted: int = 1000) -> str:
    """Return why a budget refuses a call."""
    with pytest.raises(GenerationError) as caught:
        budget.reserve(QUESTION, wanted)
    return caught.value.reason


def test_an_answer_is_capped_by_what_is_left() -> None:
    """The question is set aside first."""
    assert Budget(tokens=BOUND + 500).reserve(QUESTION, 4096).max_tokens == 500
    assert Budget(tokens=BOUND + 5000).reserve(QUESTION, 4096).max_tokens == 4096
    assert Budget().reserve(QUESTION, 4096).max_tokens == 4096


def test_a_call_that_could_exceed_the_budget_is_not_begun() -> None:
    """Nothing is set aside for it, and the message says what is used."""
    budget = Budget(tokens=BOUND + 10)
    assert reason_of(budget) == "budget"
    assert budget.spent == Spent()


def test_dollars_cap_an_answer_too() -> None:
    """The dearer of the two limits holds."""
    budget = Budget(usd=(BOUND * 1.0 + 200 * 10.0) / 1_000_000, **PRICES)
    assert budget.reserve(QUESTION, 4096).max_tokens in {199, 200}
    assert reason_of(budget) == "budget"


def test_the_number_of_calls_can_be_limited() -> None:
    """Whatever they cost."""
    budget = Budget(calls=1)
    budget.reserve(QUESTION, 10)
    assert reason_of(budget) == "budget"


def test_what_was_not_used_is_given_back() -> None:
    """And what was used is reported, with its price."""
    budget = Budget(tokens=10_000, usd=1.0, **PRICES)
    usage = budget.settle(budget.reserve(QUESTION, 4096), reply(30, 50))
    assert (usage.prompt_tokens, usage.completion_tokens, usage.calls) == (30, 50, 1)
    assert usage.cost_usd == pytest.approx((30 * 1.0 + 50 * 10.0) / 1_000_000)
    assert budget.spent._replace(usd=0.0) == Spent(80, 0.0, 1)
    assert budget.spent.usd == pytest.approx(usage.cost_usd)


def test_cost_is_unknown_without_prices() -> None:
    """No table of prices is built in: it would be wrong tomorrow."""
    budget = Budget(tokens=10_000)
    assert budget.settle(budget.reserve(QUESTION, 100), reply(1, 1)).cost_usd is None


def test_a_server_that_counts_nothing_is_counted_by_the_bound() -> None:
    """An answer has at most as many tokens as bytes."""
    budget = Budget(tokens=10_000)
    usage = budget.settle(budget.reserve(QUESTION, 4096), reply(text="Grüße"))
    assert (usage.prompt_tokens, usage.completion_tokens) == (BOUND, 7)


def test_an_attempt_whose_answer_was_lost_counts_in_full() -> None:
    """The model may have worked; one that was refused did not."""
    budget = Budget(tokens=10_000)
    budget.settle(budget.reserve(QUESTION, 400), None)
    assert budget.spent.tokens == BOUND + 400
    budget.settle(budget.reserve(QUESTION, 400), None, charged=False)
    assert budget.spent == Spent(BOUND + 400, 0.0, 2)


@given(
    limit=st.integers(0, 3000),
    calls=st.lists(st.tuples(st.integers(1, 1500), st.floats(0, 1), st.booleans()), max_size=20),
)
def test_no_sequence_of_calls_exceeds_a_budget(limit: int, calls: list[tuple[int, float, bool]]) -> None:
    """As long as servers count no more than the bound and `max_tokens` allow, which they cannot."""
    budget = Budget(tokens=limit, usd=limit / 100_000, **PRICES)
    used, paid = 0, 0.0
    for wanted, share, lost in calls:
        try:
            reserved = budget.reserve(QUESTION, wanted)
        except GenerationError:
            continue
        answer = reply(int(share * BOUND) or 1, int(share * reserved.max_tokens) or 1)
        usage = budget.settle(reserved, None if lost else answer)
        used += usage.prompt_tokens + usage.completion_tokens
        paid += usage.cost_usd or 0.0
    assert used <= limit
    assert paid <= limit / 100_000 + 1e-9
    assert budget.spent.tokens == used


@given(st.text(max_size=200))
def test_the_bound_is_never_below_the_bytes(text: str) -> None:
    """A byte-level tokenizer makes at most one token of a byte."""
    assert prompt_bound([Message("user", text)]) >= len(text.encode("utf-8", "surrogatepass"))


def test_threads_share_a_budget() -> None:
    """What one has set aside no other can use."""
    budget = Budget(tokens=5 * (BOUND + 100))

    def one(_number: int) -> bool:
        try:
            return budget.reserve(QUESTION, 100).max_tokens == 100
        except GenerationError:
            return False

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(20))) == 5


def test_a_budget_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Its file holds three numbers."""
    file = tmp_path / "deep" / "budget.json"
    budget = Budget(tokens=1000, file=file)
    budget.settle(budget.reserve(QUESTION, 400), reply(100, 50))
    assert Budget(tokens=1000, file=file).spent == Spent(150, 0.0, 1)
    assert json.loads(file.read_text()) == {"format": 1, "tokens": 150, "usd": 0.0, "calls": 1}


def _spend(file: str) -> None:
    budget = Budget(tokens=10 * (BOUND + 100), file=file)
    for _ in range(10):
        try:
            budget.reserve(QUESTION, 100)
        except GenerationError:
            os._exit(0)
    os._exit(0)


def test_processes_share_a_budget(tmp_path: Path) -> None:
    """Forty calls are tried by four processes, ten are paid for; what dead ones had set aside stays counted."""
    file = str(tmp_path / "budget.json")
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_spend, args=(file,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert Budget(tokens=1, file=file).spent == Spent(10 * (BOUND + 100), 0.0, 10)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"tokens": -1, "usd": 0, "calls": 0}', '{"tokens": "5"}'])
def test_a_damaged_count_is_no_fresh_budget(tmp_path: Path, text: str) -> None:
    """Nothing is asked until a person has looked."""
    file = tmp_path / "budget.json"
    file.write_text(text)
    assert reason_of(Budget(tokens=10_000, file=file)) == "budget_unreadable"
    assert file.read_text() == text


def test_a_count_that_cannot_be_kept_stops_the_call(tmp_path: Path) -> None:
    """A limit that is forgotten is none."""
    (tmp_path / "file").write_text("")
    assert reason_of(Budget(tokens=10_000, file=tmp_path / "file" / "budget.json")) == "budget_unwritable"


def test_without_a_limit_nothing_is_written(tmp_path: Path) -> None:
    """A folder that cannot be written is no reason to ask nobody then."""
    budget = Budget(file=tmp_path / "budget.json")
    budget.settle(budget.reserve(QUESTION, 10), reply(5, 5))
    assert budget.spent.tokens == 10
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("option", "words"), [
    ({"token": 5}, "did you mean 'tokens'"),
    ({"dollars": 5}, "a budget has tokens, usd"),
    (0.5, "for example budget="),
    ({"tokens": "many"}, ""),
    ({"tokens": True}, ""),
    ({"tokens": 1.5}, ""),
    ({"tokens": -1}, ""),
    ({"usd": float("nan"), **PRICES}, ""),
    ({"bytes_per_token": 0.5}, ""),
    ({"usd": 1.0}, "price_in and price_out"),
])  # fmt: skip
def test_a_budget_that_makes_no_sense_is_refused(option: object, words: str) -> None:
    """When it is made, not when money is due."""
    with pytest.raises(PoetOptionError) as caught:
        Budget.from_option(option)
    assert words in caught.value.hint


def test_prices_come_from_option_or_settings() -> None:
    """What `@poet` says stands over the settings."""
    with use_settings(Settings(llm=LLMSettings(price_in=2.0, price_out=8.0))):
        budget = Budget.from_option({"usd": 1.0, "price_out": 4.0})
    assert (budget.price_in, budget.price_out) == (2.0, 4.0)
    assert Budget.from_option(budget) is budget
    assert Budget.from_option(None).tokens is None
