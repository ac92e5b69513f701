"""Learning from attempts: roles by name, censored latency, outages, utility, replay, and what comes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dana_learning import Attempt, Choice, Observation, Parameter, Space, Structured, Tuner
from dana_learning.online.attempts import COLD, AttemptModel
from dana_learning.online.outages import fit_outages
from dana_learning.online.replay import DRAWS, FEW, MOST, WORLDS, Worlds, replayed, thrown
from dana_learning.online.roles import roles_of
from dana_learning.online.survival import fit_latency, normal_above
from dana_learning.online.utility import fit_utility
from tests.benchmarks.learning_services import services

if TYPE_CHECKING:
    from tests.benchmarks.learning_problems import Problem

SPACE = Space([
    Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log"), Parameter("retries", 1, 0, 6, integer=True),
    Parameter("backoff", 2.0, 0.02, 5.0, unit="s", scale="log"),
])  # fmt: skip
VALUES = st.fixed_dictionaries(
    {"timeout": st.floats(0.1, 60), "retries": st.integers(0, 6), "backoff": st.floats(0.02, 5)}
)
ATTEMPTS = st.lists(
    st.builds(
        Attempt, st.floats(0, 1e6), st.sampled_from(["", "TimeoutError", "ConnectionError"]),
        st.one_of(st.none(), st.floats(0, 1e6)), st.floats(0, 1e4),
    ),
    max_size=8,
).map(tuple)  # fmt: skip
OBSERVATIONS = st.builds(Observation, st.just("run"), VALUES, st.floats(0, 1), st.just({}), ATTEMPTS)


def _model(space: Space = SPACE) -> AttemptModel:
    roles = roles_of(space)
    assert roles is not None
    return AttemptModel(space, roles)


def _told(problem: Problem, model: AttemptModel, count: int, seed: int = 1) -> AttemptModel:
    rng, values = np.random.default_rng(seed), problem.space.defaults()
    for step in range(count):
        quality, attempts = problem.run(values, rng, step)
        model.observe(Observation(f"{step}", values, quality, attempts=attempts))
    return model


@pytest.mark.parametrize(
    ("name", "unit", "is_whole", "role"),
    [
        ("timeout", "s", False, "timeout"),
        ("requestTimeout", "", False, "timeout"),
        ("connect_deadline", "ms", False, "timeout"),
        ("attempt_timeout", "s", False, "timeout"),
        ("max_retries", "", True, "retries"),
        ("retry.count", "", True, "retries"),
        ("attempts", "", True, "retries"),
        ("max_tries", "times", True, "retries"),
        ("retry_delay", "s", False, "backoff"),
        ("initial-backoff", "ms", False, "backoff"),
        ("backoff_factor", "", False, None),
        ("max_wait", "s", False, None),
        ("retries", "", False, None),
        ("timeout", "rows", False, None),
        ("threshold", "", False, None),
    ],
)
def test_names_and_units_tell_roles(name: str, unit: str, is_whole: bool, role: str | None) -> None:
    """Beside a timeout and retries that make the space one of retrying."""
    others = [Parameter("deadline" if role == "retries" else "max_retry", 1, 0, 9, integer=role != "retries")]
    roles = roles_of(
        Space([Parameter(name, 1, 0, 9, unit=unit, integer=is_whole), *([] if role == "retries" else others)])
    )
    found = {kind: getattr(roles, kind, None) for kind in ("timeout", "retries", "backoff")}
    kinds = [kind for kind, one in found.items() if one is not None and one.path == name]
    assert kinds == ([] if role is None else [role])


def test_attempts_count_the_first_try_and_retries_do_not() -> None:
    """Three attempts are two retries."""
    roles = roles_of(Space([Parameter("attempts", 3, 1, 9, integer=True)]))
    assert roles is not None
    assert roles.first == 0


def test_two_timeouts_are_nobodys() -> None:
    """Guessing which of them limits an attempt would be worse than not knowing."""
    both = [Parameter(name, 1, 0, 9) for name in ("read_timeout", "connect_timeout")]
    assert roles_of(Space(both)) is None
    assert roles_of(Space([Choice("timeout", "a", ("a", "b"))])) is None


def test_normal_tail_is_right_to_six_digits() -> None:
    """Against values from tables."""
    assert normal_above(np.array([1.0, 2.0, 3.0])) == pytest.approx([0.158655, 0.022750, 0.001350], abs=1e-6)


@pytest.mark.parametrize("patience", [0.6, 1.5, 30.0])
def test_latency_is_found_through_censoring(patience: float) -> None:
    """Two thousand log-normal attempts, one in five stuck, given up after `patience`."""
    rng = np.random.default_rng(1)
    true = np.where(rng.random(2000) < 0.2, np.inf, 0.8 * np.exp(0.6 * rng.normal(size=2000)))
    fit = fit_latency(np.minimum(true, patience), true <= patience, np.ones((DRAWS, 2000)), 1.0, thrown().beliefs)
    seconds = np.array([0.3, 0.8, 1.5, 3.0])
    wanted = 0.2 + 0.8 * normal_above(np.log(seconds / 0.8) / 0.6)
    near = seconds <= patience
    assert np.abs(fit.survival(seconds) - wanted)[near].max() < 0.04
    assert np.abs(fit.survival(seconds) - wanted).max() < 0.15


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1e9), st.booleans(), st.floats(1e-6, 1)), max_size=30), st.floats(1e-3, 1e3))
def test_survival_falls_from_one_and_quantiles_invert_it(told: list[tuple[float, bool, float]], usual: float) -> None:
    """Whatever was seen."""
    seconds, returned, weights = (np.array([one[at] for one in told], dtype=float) for at in range(3))
    fit = fit_latency(seconds, returned.astype(bool), np.tile(weights, (DRAWS, 1)), usual, thrown().beliefs)
    assert (fit.above[:, 0] == 1.0).all()
    assert (np.diff(fit.above, axis=1) <= 0).all()
    assert np.isfinite(fit.above).all()
    shares = np.linspace(0, 1 - fit.above[:, -1], 20)[1:-1].T
    logs = np.log(fit.quantiles(shares))
    again = np.array([np.interp(one, fit.edges, above) for one, above in zip(logs, fit.above, strict=True)])
    assert 1 - again == pytest.approx(shares, abs=1e-6)


def test_lengths_of_outages_are_found_without_a_form() -> None:
    """Three of ten executions begin in an outage of exactly two seconds; one attempt in twenty fails besides."""
    rng, starts, errors = np.random.default_rng(2), [], []
    for _ in range(150):
        down, clock = 2.0 if rng.random() < 0.3 else 0.0, np.array([0.0, 0.3, 0.9, 2.1, 4.5])
        failed = (clock < down) | (rng.random(5) < 0.05)
        used = 5 if failed.all() else int(np.argmin(failed)) + 1
        starts.append(clock[:used])
        errors.append(failed[:used].astype(float))
    fit = fit_outages(starts, errors, np.ones((DRAWS, 150)), 1.0, thrown().doubts)
    # Refused at 0.9 s, the third attempt, and not at 2.1 s.
    around = fit.chances[:, (fit.lengths + 2 * fit.longer > 0.9) & (fit.lengths + 3 * fit.longer <= 2.1)].sum(axis=1)
    assert fit.single == pytest.approx(np.full(DRAWS, 0.05), abs=0.04)
    assert around == pytest.approx(np.full(DRAWS, 0.3), abs=0.1)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.integers(0, 7), st.floats(0, 1), st.booleans()), max_size=30))
@example([(0.0, 0, 0.0, True)] * 3 + [(1.0, 0, 0.0, True)] * 2)
def test_utility_falls_and_stays_between_failure_and_one(told: list[tuple[float, int, float, bool]]) -> None:
    """Whatever was seen."""
    seconds, retries, qualities, succeeded = (np.array([one[at] for one in told], dtype=float) for at in range(4))
    fit = fit_utility(seconds, retries, qualities, succeeded.astype(bool), 30.0)
    assert (np.diff(fit.qualities) <= 0).all()
    assert 0 <= fit.failure <= fit.qualities[-1] <= fit.qualities[0] <= 1
    assert fit.cost >= 0


def test_utility_follows_a_form_that_is_no_line() -> None:
    """A deadline at five seconds."""
    seconds = np.random.default_rng(3).uniform(0, 10, 80)
    fit = fit_utility(seconds, np.zeros(80), 1 / (1 + np.exp(2 * (seconds - 5))), np.ones(80, dtype=bool), 30.0)
    assert fit.of(np.array([2.0, 8.0])) == pytest.approx([1.0, 0.0], abs=0.1)


def test_replay_is_what_happens_to_an_execution() -> None:
    """One world, counted by hand: an error, a call that is given up, and an answer."""
    seconds = np.full((MOST, WORLDS), 1.0)
    seconds[1] = 9.0
    failing = np.zeros((MOST, WORLDS), dtype=bool)
    failing[0] = True
    still, never = np.zeros(WORLDS), np.full(WORLDS, -np.inf)
    worlds = Worlds(seconds, failing, np.full((MOST, WORLDS), 0.5), still, still, never)
    times = np.linspace(0.0, 30.0, 50)
    utility = fit_utility(times, np.zeros(50), np.maximum(0, 1 - times / 20), np.ones(50, dtype=bool), 20.0)
    waits = np.zeros((3, MOST))
    waits[:, 1:] = 1.5
    asked = np.array([2.0, 2.0, 10.0]), np.array([3, 2, 3]), waits
    # .5 error + 1.5 wait + 2 given up + 1.5 wait + 1 answer; no third attempt; .5 + 1.5 + 9.
    wanted = pytest.approx([1 - 6.5 / 20, 0.0, 1 - 11 / 20], abs=0.05)
    assert replayed(worlds, utility, *asked).mean(axis=1) == wanted
    assert replayed(worlds.few(), utility, *asked).shape == (3, FEW)


@settings(max_examples=25)
@given(st.lists(OBSERVATIONS, max_size=12), st.lists(VALUES, min_size=1, max_size=5))
def test_expectations_are_qualities_whatever_was_seen(told: list[Observation], asked: list[dict[str, Any]]) -> None:
    """Between 0 and 1, with a doubt that is a number."""
    model = _model()
    for one in told:
        model.observe(one)
    means = model.expected(asked)
    assert means.shape == (len(asked),)
    assert ((means >= 0) & (means <= 1)).all()
    if model.is_empty:
        return
    means, doubts = model.gains(np.array([SPACE.encode(one) for one in asked]))
    assert ((means >= 0) & (means <= 1)).all()
    assert ((doubts > 0) & (doubts <= 1)).all()
    SPACE.check(model.cold_start(asked[0]))


@settings(max_examples=25)
@given(st.lists(OBSERVATIONS, min_size=1, max_size=10), st.integers(0, 9))
def test_state_continues_identically(told: list[Observation], cut: int) -> None:
    """Through JSON, to the last bit."""
    model, again = _model(), _model()
    for one in told[:cut]:
        model.observe(one)
    again.load(json.loads(json.dumps(model.state())))
    for one in told[cut:]:
        model.observe(one)
        again.observe(one)
    rows = np.random.default_rng(0).random((20, 3))
    assert (model.expected(rows) == again.expected(rows)).all()
    assert model.state() == again.state()


def test_units_and_order_of_parameters_do_not_matter() -> None:
    """Milliseconds, and another order of names."""
    other = Space([
        Parameter("backoff", 2000, 20, 5000, unit="ms", scale="log"), Parameter("retries", 1, 0, 6, integer=True),
        Parameter("timeout", 30000, 100, 60000, unit="ms", scale="log"),
    ])  # fmt: skip
    problem = services()["outages"]
    model, moved = _told(problem, _model(), 12), _model(other)
    rng, values = np.random.default_rng(1), SPACE.defaults()
    for step in range(12):
        quality, attempts = problem.run(values, rng, step)
        moved.observe(Observation(f"{step}", other.defaults(), quality, attempts=attempts))
    rows = np.random.default_rng(0).random((20, 3))
    assert moved.expected(rows) == pytest.approx(model.expected(rows), abs=0.01)


def test_values_and_rows_are_the_same_question() -> None:
    """Structured parameters too."""
    parts = (Parameter("timeout", 30.0, 0.1, 60.0, scale="log"), Parameter("retries", 1, 0, 6, integer=True))
    space = Space([Structured("call", parts)])
    model = _model(space)
    values = {"call": {"timeout": 3.0, "retries": 2}}
    model.observe(Observation("1", values, 0.9, attempts=(Attempt(1.0, "", 3.0),)))
    assert model.expected([values]) == model.expected(space.encode(values)[None])


def test_executions_without_attempts_say_nothing() -> None:
    """Nothing is known, and nothing is claimed."""
    model = _model()
    model.observe(Observation("1", SPACE.defaults(), 0.9))
    assert model.evidence == 0
    assert model.is_empty
    assert model.expected([SPACE.defaults()]) == [0.5]
    assert model.cold_start(SPACE.defaults()) == SPACE.defaults()


def test_quantile_rule_serves_while_cold() -> None:
    """One and a half times what nine of ten answers took, inside the bounds, in the parameter's unit."""
    space = Space([Parameter("timeout_ms", 900, 10, 1200)])
    model = _model(space)
    for seconds in (0.2, 0.4):
        model.observe(Observation("1", {"timeout_ms": 900}, 0.9, attempts=(Attempt(seconds, "", 0.9),)))
    assert model.is_cold
    assert model.cold_start({"timeout_ms": 900})["timeout_ms"] == pytest.approx(1.5 * 380)
    model.observe(Observation("1", {"timeout_ms": 900}, 0.9, attempts=(Attempt(5.0),)))
    assert model.cold_start({"timeout_ms": 900})["timeout_ms"] == 1200
    assert model.evidence < COLD


def test_changed_latency_makes_old_executions_light() -> None:
    """Ten times slower: what was before weighs a tenth, and the best timeout follows."""
    model, rng = _model(), np.random.default_rng(4)
    asked = [{"timeout": seconds, "retries": 1, "backoff": 1.0} for seconds in (1.5, 15.0)]
    for number in range(60):
        seconds = (0.4 if number < 40 else 4.0) * float(np.exp(0.2 * rng.normal()))
        attempts = (Attempt(seconds, "", 30.0),)
        model.observe(Observation(f"{number}", SPACE.defaults(), 1 - seconds / 20, attempts=attempts))
    assert model.records[0][4] < 0.2
    assert model.records[-1][4] == 1.0
    assert np.argmax(model.expected(asked)) == 1


def test_old_executions_leave() -> None:
    """A window bounds memory and time."""
    model = _told(services()["steady"], _model(services()["steady"].space), 200)
    assert len(model.records) == 150
    assert model.count == 200


def _served(problem: Problem, seed: int, count: int = 10) -> tuple[float, int, int]:
    """Return the gap closed by what is served after some executions, changes of it, and those that helped."""
    rng, tuner = np.random.default_rng([seed, 5]), Tuner(problem.space, seed=seed)
    gaps = [0.0]
    for step in range(count):
        trial = tuner.suggest()
        quality, attempts = problem.run(trial.values, rng, step)
        tuner.observe(trial.id, quality, attempts=attempts)
        gaps.append(problem.gap(tuner.decide(), step))
    steps = np.diff(gaps)
    return gaps[-1], int((steps != 0).sum()), int((steps > 0).sum())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["steady", "outages", "cold_starts"])
def test_ten_executions_close_most_of_the_gap(name: str) -> None:
    """Stuck calls alone; stuck calls, errors and outages; work that goes on. Black boxes close less than half of it."""
    found = [_served(services()[name], seed) for seed in range(8)]
    gaps, changes, helped = np.array(found).T
    assert gaps.mean() > 0.75
    assert helped.sum() >= 0.85 * changes.sum()


def test_luck_does_not_count_against_a_setting() -> None:
    """Three executions in a row fail by chance: what is expected of the residual stays near nothing."""
    tuner = Tuner([Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log")], seed=1)
    for seconds in (0.5, 0.8, 0.6, 0.9, 0.7):
        tuner.observe({"timeout": 5.0}, 1 - seconds / 10, attempts=[Attempt(seconds, "", 5.0)])
    for _ in range(3):
        tuner.observe(
            {"timeout": 5.0}, 0.0, attempts=[Attempt(5.0, "TimeoutError", 5.0, wait) for wait in (0, 0.1, 0.2)]
        )
    tuner.decide()
    model = tuner.model()
    assert np.abs(model.qualities - model.offsets).max() < 0.05
    assert tuner.best()["timeout"] < 6.0


def test_longer_is_waited_until_something_answers() -> None:
    """A start far too short: each timeout is four times the last, in the unit of a structured parameter."""
    parts = (Parameter("timeout_ms", 100, 10, 60000, scale="log"), Parameter("retries", 2, 0, 6, integer=True))
    tuner, seen = Tuner([Structured("call", parts)], seed=1), []
    for _ in range(6):
        trial = tuner.suggest()
        seen.append(trial.values["call"]["timeout_ms"] / 1000)
        answers = seen[-1] > 3.0
        attempts = [Attempt(2.5, "", seen[-1])] if answers else [Attempt(seen[-1], "TimeoutError", seen[-1])] * 3
        tuner.observe(trial.id, 0.8 * answers, attempts=attempts)
    assert seen[:4] == pytest.approx([0.1, 0.4, 1.6, 6.4])
    assert tuner.decide()["call"]["timeout_ms"] > 2500


def test_other_goals_make_old_executions_leave() -> None:
    """Attempts go on as before, but from the thirtieth execution on they are worth half."""
    tuner, rng = Tuner([Parameter("timeout", 30.0, 0.1, 60.0, unit="s", scale="log")], seed=1), np.random.default_rng(2)
    for number in range(36):
        seconds = float(np.exp(0.3 * rng.normal()))
        quality = (1 - seconds / 10) * (1.0 if number < 30 else 0.5)
        tuner.observe({"timeout": 5.0}, quality, attempts=[Attempt(seconds, "", 5.0)])
    tuner.decide()
    assert 1 <= len(tuner.model()) <= 8


def test_choosing_by_replay_continues_identically() -> None:
    """Through JSON, with executions without attempts among them."""
    problem = services()["outages"]
    rng, tuner = np.random.default_rng(1), Tuner(problem.space, seed=4)
    for step in range(12):
        if step == 6:
            again = Tuner.from_state(json.loads(json.dumps(tuner.state())), problem.space)
        trial = tuner.suggest()
        quality, attempts = problem.run(trial.values, rng, step)
        told = attempts if step % 4 else ()
        if step >= 6:
            assert again.suggest() == trial
            again.observe(trial.id, quality, attempts=told)
        tuner.observe(trial.id, quality, attempts=told)
    assert again.decide() == tuner.decide()
    assert again.state() == tuner.state()
