"""Learning options: bounds hold, order does not matter, a constant reward changes nothing, states continue exactly."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dana_learning import Choice, ObservationError, SpaceChanged, ValuesError
from dana_learning.online.choices import ThompsonChoice
from dana_learning.online.context import WIDTH, Features, LinTS

OPTIONS = st.lists(
    st.one_of(st.text(max_size=5), st.integers(-5, 5), st.floats(-5, 5).map(lambda number: number + 0.1)),
    min_size=2, max_size=6, unique_by=lambda option: option,
)  # fmt: skip
QUALITIES = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0]))
CONTEXTS = st.dictionaries(
    st.text(max_size=4),
    st.one_of(st.floats(), st.integers(), st.text(max_size=4), st.booleans(), st.none()),
    max_size=5,
)
RATES = np.array([0.45, 0.55, 0.75, 0.6, 0.3])


def _choice(options: list[Any]) -> Choice:
    return Choice("option", options[0], tuple(options))


@given(OPTIONS, st.lists(QUALITIES, max_size=40), st.integers(0, 2**32))
def test_suggestions_always_are_options(options: list[Any], qualities: list[float], seed: int) -> None:
    """Whatever the feedback."""
    learner = ThompsonChoice(_choice(options), seed)
    for quality in qualities:
        option = learner.suggest()
        assert option in options
        learner.observe(option, quality)
    assert learner.suggest() in options
    assert learner.served() in options


@given(OPTIONS, st.lists(st.tuples(CONTEXTS, QUALITIES), max_size=15))
@example(["", "0"], [({"": ""}, 0.0), ({"=": 0.0}, 0.0)])
def test_contexts_of_any_kind_lead_to_options(options: list[Any], told: list[tuple[dict[str, Any], float]]) -> None:
    """NaN, None, huge numbers and new names among them."""
    learner = LinTS(_choice(options), 3)
    for context, quality in told:
        learner.observe(learner.suggest(context), quality, context)
        assert learner.suggest(context) in options
        assert learner.served(context) in options
    assert np.isfinite(learner.covariance).all()


@given(OPTIONS, st.floats(0, 1), st.integers(0, 99))
def test_constant_reward_leaves_the_served_option(options: list[Any], quality: float, seed: int) -> None:
    """Nothing is better than the start when everything is equal."""
    learner = ThompsonChoice(_choice(options), seed)
    for _ in range(60):
        learner.observe(learner.suggest(), quality)
        assert learner.served() == options[0]


@given(st.floats(0, 1), st.lists(CONTEXTS, min_size=1, max_size=20), st.integers(0, 99))
def test_constant_reward_leaves_the_served_option_of_every_context(
    quality: float, contexts: list[dict[str, Any]], seed: int
) -> None:
    """Nothing is better than the start when everything is equal."""
    learner = LinTS(_choice(["a", "b", "c"]), seed)
    for context in contexts:
        learner.observe(learner.suggest(context), quality, context)
        assert learner.served(context) == "a"


@given(OPTIONS, st.lists(QUALITIES, max_size=30), st.randoms(use_true_random=False))
def test_order_of_options_does_not_matter(options: list[Any], qualities: list[float], random: Any) -> None:
    """The same seed and the same feedback give the same sequence."""
    other = list(options)
    random.shuffle(other)
    one, two = (ThompsonChoice(Choice("option", options[0], tuple(order)), 5) for order in (options, other))
    for quality in qualities:
        option = one.suggest()
        assert option == two.suggest()
        one.observe(option, quality)
        two.observe(option, quality)
    assert one.served() == two.served()


@given(st.lists(QUALITIES, min_size=1, max_size=40), st.integers(0, 40))
def test_thompson_state_continues_identically(qualities: list[float], cut: int) -> None:
    """Through JSON, at any place."""
    choice = _choice(["a", "b", "c"])
    learner, again = ThompsonChoice(choice, 1), ThompsonChoice(choice, 2)
    for place, quality in enumerate(qualities):
        if place == min(cut, len(qualities) - 1):
            again.load(json.loads(json.dumps(learner.state())))
        option = learner.suggest()
        if place >= cut:
            assert again.suggest() == option
            again.observe(option, quality)
        learner.observe(option, quality)
    if cut < len(qualities):
        assert again.state() == learner.state()


@given(st.lists(st.tuples(CONTEXTS, QUALITIES), min_size=2, max_size=12))
def test_contextual_state_continues_identically(told: list[tuple[dict[str, Any], float]]) -> None:
    """Through JSON, from the middle."""
    choice = _choice(["a", "b", "c"])
    learner, again = LinTS(choice, 1), LinTS(choice, 2)
    for place, (context, quality) in enumerate(told):
        if place == len(told) // 2:
            again.load(json.loads(json.dumps(learner.state())))
        option = learner.suggest(context)
        if place >= len(told) // 2:
            assert again.suggest(context) == option
            again.observe(option, quality, context)
        learner.observe(option, quality, context)
    assert again.state() == learner.state()


def _share_of_best(seed: int, swapped: bool) -> tuple[float, float, float]:
    rng, learner = np.random.default_rng(seed), ThompsonChoice(_choice(list(range(5))), seed)
    hits = []
    for step in range(400 if swapped else 200):
        rates = RATES if step < 200 else RATES[np.array([2, 4, 0, 1, 3])]
        option = learner.suggest()
        learner.observe(option, float(rng.random() < rates[int(option)]))
        hits.append(option == int(rates.argmax()))
    return float(np.mean(hits[:50])), float(np.mean(hits[50:200])), float(np.mean(hits[200:] or [False]))


def test_best_of_five_arms_is_tried_most() -> None:
    """Thirty runs of chances .3 to .75; without learning it would be .2."""
    early, late, _ = np.mean([_share_of_best(seed, swapped=False) for seed in range(30)], axis=0)
    assert early > 0.4
    assert late > 0.7


def test_swapped_arms_are_found_again() -> None:
    """Without noticing the change it would be below .2."""
    shares = np.mean([_share_of_best(seed, swapped=True) for seed in range(20)], axis=0)
    assert shares[2] > 0.35


def test_graded_qualities_are_learned_as_such() -> None:
    """One outcome between 0 and 1 is enough to know."""
    rng, learner = np.random.default_rng(1), ThompsonChoice(_choice(["a", "b"]), 1)
    for _ in range(60):
        option = learner.suggest()
        learner.observe(option, float(np.clip((0.6 if option == "b" else 0.4) + 0.1 * rng.normal(), 0, 1)))
    assert not learner.is_binary
    assert learner.served() == "b"


def _regret(seed: int, learner: Any, *, sees: bool) -> float:
    rng = np.random.default_rng(seed)
    table = np.random.default_rng(99 + seed).normal(0, 0.35, (4, 4))
    lost = []
    for _ in range(300):
        x, y, kind = float(rng.normal()), float(rng.normal()), int(rng.integers(2))
        context = {"x": 20 + 5 * x, "y": y, "kind": "uv"[kind]} if sees else {}
        worth = np.clip(0.5 + table @ np.array([1, x, y, 2 * kind - 1]), 0, 1)
        option = learner.suggest(context)
        learner.observe(option, float(rng.random() < worth[int(option)]), context)
        lost.append(worth.max() - worth[int(option)])
    return float(np.mean(lost[100:]))


def test_context_halves_regret() -> None:
    """The same learner with and without the context, on ten problems."""
    choice = _choice([0, 1, 2, 3])
    seeing, blind = (
        np.mean([_regret(seed, LinTS(choice, seed), sees=sees) for seed in range(10)]) for sees in (True, False)
    )
    assert seeing < 0.5 * blind


def test_units_of_numbers_in_contexts_do_not_matter() -> None:
    """Features are standardised, so milliseconds lead where seconds lead."""
    learners = [LinTS(_choice(["a", "b"]), 4) for _ in range(2)]
    rng = np.random.default_rng(0)
    for _ in range(50):
        size = float(rng.random())
        options = [one.suggest({"size": size * unit}) for one, unit in zip(learners, (1, 1024), strict=True)]
        assert options[0] == options[1]
        for one, unit in zip(learners, (1, 1024), strict=True):
            one.observe(options[0], size if options[0] == "a" else 1 - size, {"size": size * unit})


def test_more_names_than_features_share_them() -> None:
    """A text with a thousand values costs no more than sixteen features."""
    features = Features()
    for number in range(1000):
        features.learn({"user": f"u{number}"})
    assert set(features.places.values()) == set(range(1, WIDTH))


def test_what_is_no_option_or_no_quality_is_refused() -> None:
    """With the name of the choice, or of the field."""
    for learner in (ThompsonChoice(_choice(["a", "b"])), LinTS(_choice(["a", "b"]))):
        with pytest.raises(ValuesError, match="'option' is 'c'"):
            learner.observe("c", 0.5)
        for quality in (float("nan"), 1.5, -0.1):
            with pytest.raises(ObservationError, match="quality"):
                learner.observe("a", quality)


def test_changed_options_keep_what_is_known_of_the_others() -> None:
    """A new option begins without knowledge; a contextual learner refuses, its weights stand beside each other."""
    old, lin = ThompsonChoice(_choice(["a", "b"]), 1), LinTS(_choice(["a", "b"]), 1)
    for _ in range(30):
        old.observe("b", 1.0)
        old.observe("a", 0.0)
    new = ThompsonChoice(_choice(["a", "b", "c"]), 1)
    new.load(old.state())
    assert new.served() == "b"
    assert new.suggest() in {"b", "c"}
    with pytest.raises(SpaceChanged, match="options"):
        LinTS(_choice(["a", "c"]), 1).load(lin.state())
