"""Versions through `@poet` itself: from a generator to the active version, across restarts, and what is said on the way."""

from __future__ import annotations

import linecache
import random
import time
import warnings
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import poet
from dana_poet.codegen import Candidate, Contract, GenerationError
from dana_poet.errors import PoetOptionError, PoetWarning
from tests.codegen.model_faults import CODE_FAULTS, GENERATION_FAULTS, ModelFault
from tests.codegen.test_generator_faults import generating
from tests.codegen.test_lifecycle import Fixed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TWICE = """def answer(question: str) -> str:
    for _ in range(6):
        found = original(question)
        if found != "?":
            break
    return found
"""
SHORT = {"per_step": 5, "minimum": 30, "held_out": 30, "confirm": 10, "cooldown": 5}
SURE = Contract(untested="allow")
luck = random.Random(7)  # noqa: S311 - a toss for a test
odds = [0.5]


def under(**options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return `@poet(...)` with a type that has its door."""
    return poet(**options)


def said() -> str:
    """Return an answer, or none with the odds of the moment."""
    return "?" if luck.random() < odds[0] else "yes"


def better(found: str) -> float:
    """Judge an answer."""
    return 0.0 if found == "?" else 1.0


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep versions in a folder of the test."""
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path / "state"))
    luck.seed(7)
    odds[0] = 0.5


def asking(*sources: str, **options: Any) -> Any:
    """Return a function that is the same one each time, with a generator that gives these sources."""

    @under(generator=Fixed(*sources), contract=SURE, metric=better, promotion=SHORT, **options)
    def answer(question: str) -> str:
        return said() if question else "?"

    return answer


def doubling(*sources: str, **options: Any) -> Any:
    """Return a pure function, the same one each time."""

    @under(generator=Fixed(*sources), **options)
    def double(n: int) -> int:
        return n * 2

    return double


GOOD = "def double(n: int) -> int:\n    return n + n\n"
BAD = "def double(n: int) -> int:\n    return n + n if n < 4000 else 0\n"


@pytest.fixture
def closing() -> Iterator[Callable[[Any], Any]]:
    """Make the first call of a function, wait for what is generated, and close it at the end."""
    made: list[Any] = []

    def ready(function: Any, *args: Any) -> Any:
        made.append(function)
        function(*args)
        if function.poet.lifecycle is not None:
            assert function.poet.lifecycle.wait(60)
        return function

    yield ready
    for one in made:
        if one.poet.lifecycle is not None:
            one.poet.lifecycle.close()


def states(function: Any) -> list[str]:
    """Return the states of the versions that a model wrote, oldest first."""
    return [one.state for one in function.poet.versions if one.origin == "model"]


def until(function: Any, state: str, most: int = 3000) -> int:
    """Call until the newest version has this state; return how often."""
    for number in range(most):
        if states(function)[-1] == state:
            return number
        function(f"question {number}")
    raise AssertionError(function.poet.lifecycle.describe())


def test_a_better_version_becomes_active_and_goes_when_it_turns_bad(closing: Callable[..., Any]) -> None:
    """Through canary by the user's metric, in the sandbox; then taken back, and the original serves."""
    function = closing(asking(TWICE), "first")
    assert states(function) == ["canary"]
    until(function, "active")
    assert "version 2 is active" in function.poet.lifecycle.describe()
    moves = [entry.after for entry in function.poet.lifecycle.history.audit() if entry.version == 2]
    assert moves == ["verified", "canary", "canary", "canary", "canary", "active"]
    odds[0] = 1.0
    assert until(function, "retired") < 300
    assert function.poet.implementation is function.poet.function


def test_a_trial_goes_on_after_a_restart(closing: Callable[..., Any]) -> None:
    """Nobody is asked again, and what was seen still counts."""
    first = closing(asking(TWICE), "first")
    for number in range(120):
        first(f"question {number}")
    seen = first.poet.lifecycle.serving.promotion.trial.test.pairs
    first.poet.lifecycle.close()
    again = closing(asking(), "first")
    assert states(again) == ["canary"]
    assert again.poet.lifecycle.failures == []
    assert again.poet.lifecycle.serving.promotion.trial.test.pairs >= seen > 0
    until(again, "active")


def test_a_worse_version_never_becomes_active(closing: Callable[..., Any]) -> None:
    """It is taken back by the metric, whatever its author hoped."""
    worse = 'def answer(question: str) -> str:\n    found = original(question)\n    return "?" if len(question) % 3 else found\n'
    function = closing(asking(worse), "first")
    until(function, "quarantined")


FAULTS = [one for one in GENERATION_FAULTS if not one.slow] + list(CODE_FAULTS[::6])


def test_faults_of_models_leave_the_originals_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the decorator: the value, and the reason on record."""
    assert len(FAULTS) >= 30
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PoetWarning)
        for number, fault in enumerate(FAULTS):
            monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path / str(number)))
            assert _faulty(fault) == [42, 42], fault.name


def _faulty(fault: ModelFault) -> list[int]:
    with generating(fault, fault.protocols[0]) as (generator, _server):

        @under(generator=generator, promotion="verified")
        def scaled(value: int, factor: int = 2) -> int:
            return value * factor

        found = [scaled(21)]
        assert scaled.poet.lifecycle.wait(60)
        assert scaled.poet.lifecycle.failures, fault.name
        assert any(entry.reason or entry.evidence for entry in scaled.poet.lifecycle.history.audit())
        return [*found, scaled(21)]


@pytest.mark.parametrize("run", ["isolated", "restricted"])
def test_a_version_runs_where_it_is_asked_to(run: str, closing: Callable[..., Any]) -> None:
    """Also the first time, not only after a restart."""
    function = closing(doubling(GOOD, run=run, promotion="verified"), 1)
    assert function(21) == 42
    assert type(function.poet.lifecycle.serving.runner).__name__.lower() == run


def test_a_version_waits_for_a_person_where_promotion_is_manual(closing: Callable[..., Any]) -> None:
    """Calls do not begin its trial, and no other one is generated meanwhile, also after a restart."""
    function = closing(doubling(GOOD, promotion="manual"), 1)
    assert [function(number) for number in range(3)] == [0, 2, 4]
    assert states(function) == ["verified"]
    assert function.poet.implementation is function.poet.function
    again = closing(doubling(promotion="manual"), 1)
    assert again.poet.lifecycle.failures == []
    history = again.poet.lifecycle.history
    history.move(2, "active", "a person says so")
    again.poet.lifecycle.refresh()
    assert again(4) == 8
    assert again.poet.lifecycle.serving is not None


def test_a_version_for_new_code_is_tried_while_the_old_one_is_stale(closing: Callable[..., Any]) -> None:
    """A stale version does not stand in the way of the next, also after a restart."""

    def changed(*sources: str) -> Any:
        @under(generator=Fixed(*sources), promotion="verified")
        def double(n: int) -> int:
            return n * 2 + 0

        double.poet.function.__qualname__ = doubling().poet.function.__qualname__  # the same function, edited
        return double

    closing(doubling(GOOD, promotion="verified"), 1).poet.lifecycle.close()
    with pytest.warns(PoetWarning, match="stale"):
        function = closing(changed(GOOD.replace("n + n", "n + n + 0")), 1)
    assert states(function)[-1] == "active", function.poet.lifecycle.describe()
    assert changed()(4) == 8


def test_a_rule_based_version_is_replaced_without_a_word(tmp_path: Path, closing: Callable[..., Any]) -> None:
    """Who edits a function is not warned of a text that nobody runs."""

    def written(text: str) -> Any:
        names: dict[str, Any] = {"poet": poet}
        file = tmp_path / "shop.py"
        file.write_text(text, encoding="utf-8")
        linecache.checkcache(str(file))
        exec(compile(text, str(file), "exec"), names)  # noqa: S102 - a module of the test
        return names["price"]

    before = '@poet(domain="base", optimize_for="speed")\ndef price(n: int) -> int:\n    return n\n'
    closing(written(before), 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        function = closing(written(before.replace("return n", "return n + 1")), 1)
    assert function(1) == 2
    assert [one.state for one in function.poet.versions] == ["retired", "active"]


def test_what_cannot_be_kept_is_said_once_at_the_users_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions, events and learning together, for all functions of the folder; no model is paid for it."""
    folder = tmp_path / "taken"
    folder.write_text("mine")
    monkeypatch.setenv("DANA_STATE_DIR", str(folder))
    generator = Fixed(GOOD)

    @under(domain="base", generator=generator, learning="online", parameters={"k": (1, 5)})
    def scale(n: int, k: int = 2) -> int:
        return n * k

    @under(domain="base", optimize_for="speed")
    def other(n: int) -> int:
        return n

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert [scale(1), scale(2), other(3)] == [2, 4, 3]
    assert [(one.category, one.filename) for one in told] == [(PoetWarning, __file__)]
    assert generator.requests == []
    assert folder.read_text() == "mine"


def test_a_damaged_list_costs_one_warning_and_no_model(tmp_path: Path, closing: Callable[..., Any]) -> None:
    """What is there is left alone, and nothing is generated that could not be kept."""
    closing(doubling(GOOD, promotion="verified"), 1).poet.lifecycle.close()
    (book,) = (tmp_path / "state").glob("*_versions.json")
    book.write_text(book.read_text()[:100])
    held = book.read_text()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        function = closing(doubling(GOOD), 1)
        assert function(4) == 8
    assert len([one for one in told if one.category is PoetWarning]) == 1
    assert function.poet.options["generator"].requests == []
    assert book.read_text() == held


def test_a_reason_that_only_a_person_can_mend_is_told(closing: Callable[..., Any]) -> None:
    """Once, with what to do; others are on record and may pass."""

    class Unset:
        name = "unset"

        def generate(self, _request: object) -> Candidate:
            raise GenerationError("no model is configured", reason="not_configured", hint="set DANA_LLM_MODEL")

    def double(n: int) -> int:
        return n * 2

    with pytest.warns(PoetWarning, match="set DANA_LLM_MODEL"):
        closing(under(generator=Unset())(double), 1)


def test_a_private_domain_shows_no_value_of_a_call(tmp_path: Path, closing: Callable[..., Any]) -> None:
    """Neither in counterexamples and prompts nor in anything that is stored."""
    generator = Fixed("def double(n: int) -> int:\n    return n + n\n", BAD)

    @under(
        domain="healthcare", generator=generator, promotion={"shadow": 20}, record_inputs=True,
        examples=[((7654321,), {})], learning="off",
    )  # fmt: skip
    def double(n: int) -> int:
        return n * 2

    closing(double, 7654321)
    lifecycle = double.poet.lifecycle
    assert generator.requests[0].examples == ()
    lifecycle.history.move(2, "retired", "for the test")
    bad = lifecycle.history.add(Candidate(BAD, "model", "test"), None)
    for state in ("verified", "shadow"):
        lifecycle.history.move(bad, state, "for the test")
    lifecycle.refresh()
    assert double(7654321) == 15308642
    assert lifecycle.wait(30)
    assert states(double)[-1] == "quarantined"
    assert lifecycle.history.counterexamples() == (
        "a call returned a value of type int; the original returns a value of type int",
    )
    for file in (tmp_path / "state").rglob("*"):
        if file.is_file():
            assert b"7654321" not in file.read_bytes(), file
            assert b"15308642" not in file.read_bytes(), file


def test_a_version_may_recover_where_the_contract_grants_it(closing: Callable[..., Any]) -> None:
    """In shadow too: a value where the original raises is what was asked for."""
    recovering = "def pick(rows: dict, key: str) -> int:\n    return rows.get(key, 0)\n"

    @under(generator=Fixed(recovering), contract=Contract(recover=True, untested="allow"), promotion={"shadow": 20})
    def pick(rows: dict, key: str) -> int:  # type: ignore[type-arg]  # any dict
        return rows[key]  # type: ignore[no-any-return]  # as hinted

    closing(pick, {"a": 1}, "a")
    assert states(pick) == ["shadow"]
    for _ in range(5):
        with pytest.raises(KeyError):
            pick({"a": 1}, "b")
    assert pick.poet.lifecycle.wait(30)
    assert states(pick) == ["shadow"]
    assert pick.poet.lifecycle.serving.promotion.trial.test.pairs > 0


def test_sums_in_another_order_are_the_same_in_shadow(closing: Callable[..., Any]) -> None:
    """Floats may differ in use as much as they may in verification."""
    other = "def mean(xs: list[float]) -> float:\n    return sum(xs[::-1]) / len(xs) if xs else 0.0\n"

    @under(generator=Fixed(other), promotion={"shadow": 20})
    def mean(xs: list[float]) -> float:
        return sum(xs) / len(xs) if xs else 0.0

    function: Any = closing(mean, [0.1])
    for number in range(1, 9):
        function([0.1 * number, 0.7, 1e-9, 1 / 3])
    assert function.poet.lifecycle.wait(30)
    assert states(function) == ["shadow"], function.poet.lifecycle.history.counterexamples()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"generator": "gpt"}, "generator"),
        ({"generator": Fixed}, "generator"),
        ({"promotion": "soon"}, "promotion"),
        ({"promotion": {"stepps": 1}}, "stepps"),
        ({"metric": 3}, "metric"),
        ({"contract": {"recover": True}}, "contract"),
        ({"grants": {"fetch": 1}}, "grants"),
        ({"examples": [1]}, "example"),
        ({"canary": "5%"}, "canary"),
        ({"shadow": "all"}, "shadow"),
        ({"features": {"canry": False}}, "canry"),
        ({"features": 3}, "features"),
        ({"run": "fast"}, "run"),
    ],
)
def test_an_option_that_makes_no_sense_is_named_where_it_stands(options: dict[str, Any], said: str) -> None:
    """At decoration, not at the first call."""
    with pytest.raises(PoetOptionError, match=said):
        poet(**options)


def test_shares_and_numbers_of_calls_can_be_given(closing: Callable[..., Any]) -> None:
    """`canary=10` begins with ten percent, `shadow=3` is three pairs; False leaves either out."""
    plan = closing(doubling(GOOD, canary=10, shadow=3), 1).poet.lifecycle.settings.plan
    assert (plan.steps, plan.shadow) == ((10.0, 25.0, 50.0, 100.0), 3)
    plan = closing(doubling(canary=(20, 100), shadow=False), 1).poet.lifecycle.settings.plan
    assert (plan.steps, plan.shadow) == ((20.0, 100.0), 0)


@pytest.mark.parametrize("flag", ["generation", "shadow", "canary"])
def test_feature_flags_are_honoured(flag: str, closing: Callable[..., Any]) -> None:
    """Each by itself."""
    function = closing(doubling(GOOD, features={flag: False}), 1)
    assert not function.poet.enabled(flag)
    assert states(function) == {"generation": [], "shadow": ["canary"], "canary": ["verified"]}[flag]


def test_a_metric_that_makes_no_sense_is_told(closing: Callable[..., Any]) -> None:
    """One that raises, and one beyond 0 to 1; the caller gets the value."""
    for metric, said in (
        (lambda found: found["x"], "metric raises TypeError"),
        (lambda found: found, "outside of 0 to 1"),
    ):
        function = doubling(GOOD, metric=metric, shadow=False)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            closing(function, 1)
            assert [function(number) for number in range(10)] == [2 * number for number in range(10)]
        assert [said in str(one.message) for one in told] == [True]
        function.poet.lifecycle.history.move(2, "retired", "for the test")


def test_explain_tells_versions_parameters_and_the_way_back(closing: Callable[..., Any]) -> None:
    """With reasons, and the commands that revert."""

    @under(
        generator=Fixed(GOOD.replace("double", "grow")), promotion="manual", learning="online", parameters={"k": (1, 5)}
    )
    def grow(n: int, k: int = 2) -> int:
        return n * k

    text = closing(grow, 3).poet.explain()
    assert "Versions: version 1 serves" in text
    assert "v1 active, by template" in text
    assert "dana-poet rollback" in text
    assert "Learned (online): k = 2" in text
    assert "k: starts at 2, between 1 and 5" in text
    waiting = closing(doubling(GOOD, promotion="manual"), 1).poet.explain()
    assert "version 2 waits for a person" in waiting


def test_a_feature_flag_can_stand_alone() -> None:
    """A text is one flag that is on, and the others are off."""
    function = under(features="mine")(better)
    assert [function.poet.enabled(one) for one in ("mine", "canary")] == [True, False]


def test_a_whole_number_stays_one_while_it_is_learned(closing: Callable[..., Any]) -> None:
    """A function that takes an int is never given a float for it."""

    @under(learning="online", parameters={"k": (1, 5)})
    def grow(n: int, k: int = 2) -> int:
        return n * k

    closing(grow, 1)
    for number in range(12):
        assert type(grow(number)) is int
        grow.poet.learning.judged(grow.poet.last_execution_id, 0.5)
        assert grow.poet.learning.wait()


def test_a_process_that_must_not_generate_takes_the_others_version(
    closing: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It serves it as soon as the other one is done, without a restart."""
    from dana_poet.codegen import following
    from dana_poet.codegen.llm_generator_background import claimed

    monkeypatch.setattr(following, "EVERY", 0.01)
    maker = closing(doubling(GOOD, promotion="manual"), 1)
    second = doubling(promotion="verified")
    name, folder = maker.poet.lifecycle.name, str(tmp_path / "state" / "cache")
    history = maker.poet.lifecycle.history
    history.move(2, "retired", "for the test")
    with claimed(name, folder) as ours:
        assert ours
        closing(second, 1)
        assert second.poet.lifecycle.serving is None
        history.move(2, "verified", "for the test")
    for _ in range(500):
        if second.poet.lifecycle.serving is not None:
            break
        time.sleep(0.01)
    assert second(4) == 8
    assert states(second) == ["active"]
    assert second.poet.lifecycle.failures == []
