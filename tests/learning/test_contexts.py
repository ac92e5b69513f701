"""Contexts: what is tried and served suits them, whatever they hold, and a learner goes on where it stopped."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import AdaptiveLearner, Choice, ObservationError, Parameter, Tuner

SPACE: list[Parameter | Choice] = [Parameter("x", 0.5, 0.0, 1.0)]
KINDS = {"text": 0.15, "image": 0.5, "video": 0.85}
MIXED: list[Parameter | Choice] = [Parameter("x", 0.8, 0.0, 1.0), Choice("parser", "quick", ("quick", "thorough"))]
ARMS: list[Parameter | Choice] = [Choice("parser", "quick", ("quick", "thorough", "other"))]
CONTEXTS = st.dictionaries(
    st.sampled_from(["kind", "size", "flag", "a", "b", "c", "d", "e"]),
    st.one_of(st.text(max_size=5), st.booleans(), st.integers(-(10**30), 10**30), st.floats(-1e300, 1e300), st.none()),
    max_size=8,
)


def told(value: float, centre: float, rng: np.random.Generator) -> float:
    """A hill around its centre, with noise."""
    return float(np.clip(0.2 + 0.7 * math.exp(-(((value - centre) / 0.3) ** 2)) + 0.05 * rng.normal(), 0.0, 1.0))


def by_kind(tuner: Tuner, count: int, seed: int = 0) -> Tuner:
    """Tune where every kind has its own best value."""
    rng = np.random.default_rng([seed, 1])
    for _ in range(count):
        kind = str(rng.choice(list(KINDS)))
        trial = tuner.suggest({"kind": kind})
        tuner.observe(trial.id, told(trial.values["x"], KINDS[kind], rng))
    tuner.decide()
    return tuner


@pytest.mark.parametrize("make", [Tuner, AdaptiveLearner])
def test_every_kind_is_served_what_is_best_for_it(make: type[Tuner]) -> None:
    """One value for all would be right for one of three."""
    tuner = by_kind(make(SPACE, seed=3), 60)
    for kind, centre in KINDS.items():
        assert abs(tuner.served({"kind": kind})["x"] - centre) < 0.15, kind


def test_a_number_moves_the_best_value_with_it() -> None:
    """Also for a size that was never seen, and whatever its unit."""
    rng = np.random.default_rng(4)
    tuner = Tuner(SPACE, seed=1)
    for _ in range(80):
        size = float(rng.lognormal(8.0, 2.0))
        trial = tuner.suggest({"bytes": size})
        centre = 0.5 + 0.35 * math.tanh(math.log(size) - 8.0)
        tuner.observe(trial.id, told(trial.values["x"], centre, rng))
    tuner.decide()
    assert tuner.served({"bytes": 60.0})["x"] < 0.35
    assert tuner.served({"bytes": 150_000.0})["x"] > 0.65


def test_contexts_that_say_nothing_cost_little() -> None:
    """A caller may tell what it knows; what does not matter is found not to matter."""
    found = []
    for seed in range(6):
        rng = np.random.default_rng([seed, 2])
        tuner = Tuner(SPACE, seed=seed)
        for _ in range(25):
            context = {"hour": float(rng.random()), "user": str(rng.choice(["ann", "bob", "cy"]))}
            trial = tuner.suggest(context)
            tuner.observe(trial.id, told(trial.values["x"], 0.2, rng))
        tuner.decide()
        found += [abs(tuner.served()["x"] - 0.2), abs(tuner.served({"hour": 0.3, "user": "bob"})["x"] - 0.2)]
    assert float(np.mean(found)) < 0.1


@pytest.mark.parametrize("space", [ARMS, MIXED], ids=["one choice", "a choice and a number"])
def test_choices_depend_on_the_context(space: list[Parameter | Choice]) -> None:
    """The thorough parser is worth it for scans alone."""
    rng = np.random.default_rng(5)
    tuner = Tuner(space, seed=2)
    for number in range(60):
        kind = "scan" if number % 2 else "plain"
        trial = tuner.suggest({"kind": kind})
        good = (trial.values["parser"] == "thorough") == (kind == "scan") and trial.values["parser"] != "other"
        tuner.observe(trial.id, float(np.clip(0.3 + 0.5 * good + 0.08 * rng.normal(), 0, 1)))
    tuner.decide()
    assert tuner.served({"kind": "scan"})["parser"] == "thorough"
    assert tuner.served({"kind": "plain"})["parser"] == "quick"


def test_what_is_served_in_a_context_is_explained() -> None:
    """What, why, gain, chance and evidence, against what is served on the whole."""
    tuner = by_kind(Tuner(SPACE, seed=3), 60)
    other = next(kind for kind in KINDS if tuner.served({"kind": kind}) != tuner.served())
    story = tuner.explain({"kind": other})
    assert story.served == tuner.served({"kind": other})
    last = story.changes[-1]
    assert other in last.why
    assert last.expected_gain > 0
    assert last.evidence == 60
    assert len(tuner.explain().changes) == len(story.changes) - 1


def test_what_was_reverted_holds_in_every_context() -> None:
    """A person's word stands above what was learned."""
    tuner = by_kind(Tuner(SPACE, seed=3), 60)
    assert tuner.explain().changes
    tuner.revert(1)
    assert [tuner.served({"kind": kind}) for kind in KINDS] == [tuner.served()] * 3
    tuner.release()
    tuner.observe({"x": 0.5}, 0.5, context={"kind": "image"})
    tuner.decide()
    assert tuner.served({"kind": "text"}) != tuner.served({"kind": "video"})


def test_contexts_may_come_late_and_bring_new_names() -> None:
    """What was learned without them stays known."""
    rng = np.random.default_rng(6)
    tuner = Tuner(SPACE, seed=1)
    for number in range(40):
        context = None if number < 20 else {"kind": "a"} if number < 30 else {"kind": "a", "size": number}
        trial = tuner.suggest(context)
        tuner.observe(trial.id, told(trial.values["x"], 0.2, rng))
    assert abs(tuner.decide()["x"] - 0.2) < 0.12
    assert abs(tuner.served({"kind": "a", "size": 35})["x"] - 0.2) < 0.15


@given(seed=st.integers(0, 2**16), steps=st.lists(st.tuples(CONTEXTS, st.floats(0, 1)), min_size=1, max_size=12))
@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("space", [MIXED, ARMS], ids=["mixed", "arms"])
def test_bounds_hold_in_any_context(
    space: list[Parameter | Choice], seed: int, steps: list[tuple[dict[str, Any], float]]
) -> None:
    """Whatever a context holds, what is tried and served is inside the bounds."""
    tuner = Tuner(space, seed=seed)
    for context, quality in steps:
        trial = tuner.suggest(context)
        tuner.space.check(trial.values)
        tuner.observe(trial.id, quality)
        tuner.decide()
        tuner.space.check(tuner.served(context))


@given(level=st.floats(0, 1), contexts=st.lists(CONTEXTS, min_size=8, max_size=8), seed=st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_a_constant_reward_leaves_what_is_served_everywhere(
    level: float, contexts: list[dict[str, Any]], seed: int
) -> None:
    """Nothing is better anywhere."""
    tuner = Tuner(SPACE, seed=seed)
    for context in contexts * 2:
        tuner.observe(tuner.suggest(context).id, level)
    tuner.decide()
    assert [tuner.served(context) for context in contexts] == [tuner.space.defaults()] * len(contexts)


@pytest.mark.parametrize("space", [MIXED, ARMS], ids=["mixed", "arms"])
@pytest.mark.parametrize("stop", [0, 1, 5, 14])
def test_a_state_continues_the_same_sequence(space: list[Parameter | Choice], stop: int) -> None:
    """Bit for bit, through JSON, in contexts of which some are new."""
    rng = np.random.default_rng(stop)

    def steps(tuners: list[Tuner], count: int) -> list[Any]:
        found = []
        for number in range(count):
            context = {"kind": "abc"[number % 3], "size": float(rng.random())} | (
                {"late": number} if number > 8 else {}
            )
            trials = [one.suggest(context) for one in tuners]
            quality = float(rng.random())
            for one, trial in zip(tuners, trials, strict=True):
                one.observe(trial.id, quality)
            found.append(trials)
        return found

    tuner = Tuner(space, seed=7)
    steps([tuner], stop)
    open_one = tuner.suggest({"kind": "a", "size": 0.5})
    again = Tuner.from_state(json.loads(json.dumps(tuner.state())), space)
    for one in (tuner, again):
        one.observe(open_one.id, 0.7)
    assert all(first == second for first, second in steps([tuner, again], 12))
    assert tuner.state() == again.state()
    assert tuner.served({"kind": "b", "size": 0.1}) == again.served({"kind": "b", "size": 0.1})


def test_units_and_order_of_a_context_do_not_matter() -> None:
    """Bytes or their logarithm, written down in any order."""
    one, other = Tuner(SPACE, seed=2), Tuner(SPACE, seed=2)
    rng = np.random.default_rng(0)
    for _ in range(14):
        size, kind = float(rng.lognormal(3, 2)), str(rng.choice(["a", "b"]))
        first = one.suggest({"size": size, "kind": kind})
        second = other.suggest({"kind": kind, "size": math.log(size)})
        assert first == second
        quality = told(first.values["x"], 0.3, rng)
        one.observe(first.id, quality)
        other.observe(second.id, quality)


@pytest.mark.parametrize("wrong", [{"size": math.nan}, {"size": math.inf}, {"kind": object()}, [1], {1: "a"}])
def test_contexts_that_are_no_plain_data_are_refused(wrong: Any) -> None:
    """By name, and the tuner goes on as before."""
    tuner = Tuner(SPACE, seed=1)
    state = tuner.state()
    for call in (tuner.suggest, tuner.served, lambda context: tuner.observe({"x": 0.1}, 0.5, context=context)):
        with pytest.raises(ObservationError):
            call(wrong)
    assert tuner.state() == state
