"""Transfer: similar functions start well, others lose nothing, bounds and privacy hold."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dana_learning import (
    Choice,
    MemoryStore,
    ObservationError,
    Parameter,
    ParameterError,
    Space,
    SpaceChanged,
    TinyStore,
    Tuner,
)
from dana_learning.flags import FeatureFlags
from dana_learning.sharing.guided import HANDOVER, GuidedTuner
from dana_learning.sharing.knowledge import Knowledge, SharingRefused
from dana_learning.sharing.priors import KnowledgePrior
from dana_learning.sharing.similarity import of_signatures, of_spaces
from dana_learning.transfer import CrossFunctionLearning, IntelligenceRegistry

SPACE = Space([
    Parameter("timeout", 50.0, 0.1, 60.0, unit="s", scale="log"), Parameter("batch", 1, 1, 20, integer=True),
    Choice("kind", "x", ("x", "y", "z")),
])  # fmt: skip


def quality(values: dict[str, Any], rng: np.random.Generator, best: float = 3.0) -> float:
    """A smooth truth with noise."""
    truth = 0.7 * math.exp(-0.3 * math.log(values["timeout"] / best) ** 2) + 0.2 * (values["kind"] == "y")
    return float(np.clip(truth + 0.005 * values["batch"] + 0.03 * rng.normal(), 0.0, 1.0))


def run(tuner: Tuner, count: int, seed: int = 0, best: float = 3.0) -> Tuner:
    """Tune for `count` executions."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        trial = tuner.suggest()
        tuner.space.check(trial.values)
        tuner.observe(trial.id, quality(dict(trial.values), rng, best))
    tuner.space.check(tuner.decide())
    return tuner


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """What 30 executions taught."""
    return Knowledge.of("fetch", run(Tuner(SPACE, seed=1), 30))


def gap(values: dict[str, Any], best: float) -> float:
    """Return how much of the way from the start to the optimum is closed, up to noise."""
    silent = np.random.default_rng(0)

    def mean(one: dict[str, Any]) -> float:
        return float(np.mean([quality(one, silent, best) for _ in range(50)]))

    start = mean(SPACE.defaults())
    return (mean(values) - start) / (mean({"timeout": best, "batch": 20, "kind": "y"}) - start)


def test_a_similar_function_is_good_after_three_executions(knowledge: Knowledge) -> None:
    """Its optimum is a third higher; in nine of ten runs."""
    prior = KnowledgePrior(SPACE, [(knowledge, 0.9)])
    gaps = [gap(run(GuidedTuner(SPACE, prior=prior, seed=n), 3, n, best=4.0).served(), 4.0) for n in range(10)]
    assert sum(one >= 0.8 for one in gaps) >= 9


def test_an_unrelated_function_unlearns(knowledge: Knowledge) -> None:
    """A misleading prior is given up, and the end is that of a cold start."""
    prior = KnowledgePrior(SPACE, [(knowledge, 0.9)])
    guided = [gap(run(GuidedTuner(SPACE, prior=prior, seed=n), 35, n, best=0.2).served(), 0.2) for n in range(4)]
    cold = [gap(run(Tuner(SPACE, seed=n), 35, n, best=0.2).served(), 0.2) for n in range(4)]
    assert np.mean(guided) >= np.mean(cold) - 0.05


def test_the_prior_counts_for_a_while_only(knowledge: Knowledge) -> None:
    """Afterwards a model without prior, that saw the same executions, decides."""
    tuner = GuidedTuner(SPACE, prior=KnowledgePrior(SPACE, [(knowledge, 0.9)]), seed=2)
    assert tuner.trust() > 0.5
    assert run(tuner, HANDOVER).space is SPACE
    assert tuner.trust() == 0.0


@pytest.mark.parametrize("count", [4, HANDOVER + 2])
def test_states_go_on_bit_identically(knowledge: Knowledge, count: int) -> None:
    """Before and after the prior was given up; the prior itself is given again, also as plain data."""
    tuner = run(GuidedTuner(SPACE, prior=KnowledgePrior(SPACE, [(knowledge, 0.9)]), seed=2), count)
    state = json.loads(json.dumps(tuner.state()))
    same = Knowledge.from_dict(json.loads(json.dumps(knowledge.to_dict())))
    again = GuidedTuner.from_state(state, SPACE, prior=KnowledgePrior(SPACE, [(same, 0.9)]))
    assert again.state() == tuner.state()
    run(tuner, 6, seed=9)
    run(again, 6, seed=9)
    assert again.state() == tuner.state()


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_bounds_hold_under_transfer(data: st.DataObject) -> None:
    """Whatever the source knows of its own, wider or other, bounds; those of the target hold."""
    low = data.draw(st.floats(0.1, 5.0))
    target = Space([
        Parameter("timeout", low + 1.0, low, low + 2.0, unit=data.draw(st.sampled_from(["s", "ms", ""]))),
        Choice("kind", "z", ("z", "w")), Parameter("other", 0.5, 0.0, 1.0),
    ])  # fmt: skip
    source = Tuner(SPACE, seed=data.draw(st.integers(0, 9)))
    for _ in range(6):
        source.observe(source.suggest().id, data.draw(st.floats(0, 1)))
    prior = KnowledgePrior(target, [(Knowledge.of("fetch", source), data.draw(st.floats(0, 1)))])
    tuner = GuidedTuner(target, prior=prior, seed=1)
    for _ in range(8):
        trial = tuner.suggest()
        target.check(trial.values)
        tuner.observe(trial.id, data.draw(st.floats(0, 1)))
    target.check(tuner.decide())


def registry(store: MemoryStore | TinyStore | None = None, **flags: dict[str, bool]) -> IntelligenceRegistry:
    """A registry of three functions, two of them alike."""
    found = IntelligenceRegistry(store, flags=FeatureFlags.from_mapping(flags))
    found.register("fetch", SPACE, signature="fetch(url: str, timeout: float) -> str")
    found.register("fetch_page", SPACE, signature="fetch_page(url: str, timeout: float) -> str")
    found.register("mix", Space([Parameter("hue", 0, 0, 1)]), signature="mix(colours: list[int]) -> int")
    return found


OPEN = {"share": True, "transfer": True}


def test_nothing_is_shared_without_both_owners() -> None:
    """Giving needs the one, taking the other; withdrawn is gone, also from the store."""
    source = run(Tuner(SPACE, seed=1), 8)
    with pytest.raises(SharingRefused, match="did not opt in to sharing"):
        registry().contribute("fetch", source)
    half = registry(fetch={"share": True})
    half.contribute("fetch", source)
    with pytest.raises(SharingRefused, match="did not opt in to taking over"):
        half.share_learning("fetch", "fetch_page")
    store = MemoryStore()
    both = registry(store, fetch=OPEN, fetch_page=OPEN)
    assert both.transfer("fetch_page") is None
    both.contribute("fetch", source)
    assert both.share_learning("fetch", "fetch_page").explained.evidence == 8
    assert registry(store, fetch=OPEN).find_similar_functions("fetch_page")
    assert registry(store).find_similar_functions("fetch_page") == []
    both.withdraw("fetch")
    assert both.find_similar_functions("fetch_page") == []
    assert registry(store, fetch=OPEN).find_similar_functions("fetch_page") == []


def test_aggregates_need_five_executions() -> None:
    """Also when somebody asks for fewer, and in data of others."""
    few = run(Tuner(SPACE, seed=1), 4)
    with pytest.raises(SharingRefused, match="4 executions"):
        Knowledge.of("fetch", few, minimum=1)
    data = Knowledge.of("fetch", run(few, 3)).to_dict()
    nothing = [math.nan] * len(data["means"])
    spoiled: tuple[dict[str, Any], ...] = ({"count": 4}, {"means": nothing}, {"points": [[0.0]]}, {"space": []})
    for wrong in spoiled:
        with pytest.raises(ObservationError):
            Knowledge.from_dict(data | wrong)


def test_no_input_and_no_single_execution_is_shared() -> None:
    """What is kept has neither contexts nor qualities nor the values that were tried (but for the one that is served)."""
    source, rng, tried = Tuner(SPACE, seed=1), np.random.default_rng(0), []
    for _ in range(12):
        trial = source.suggest({"customer": "secret-name"})
        tried.append(source.space.encode(trial.values))
        source.observe(trial.id, quality(dict(trial.values), rng), metrics={"secret-metric": 1.0})
    shared = Knowledge.of("fetch", source)
    text = json.dumps(shared.to_dict())
    assert "secret" not in text
    assert set(shared.to_dict()) == {"function", "space", "points", "means", "deviations", "lengths", "best", "count"}
    served = source.space.encode(source.served())
    timeout = SPACE.columns.index("timeout")
    private = {float(row[timeout]) for row in tried} - {float(served[timeout])}
    assert not private & {float(one) for one in shared.points[:, timeout]}


def test_similar_functions_are_found_by_signature_space_and_behaviour() -> None:
    """Each part is said; behaviour tells those apart that only look alike."""
    found = registry(fetch=OPEN, fetch_page=OPEN, mix=OPEN)
    found.contribute("fetch", run(Tuner(SPACE, seed=1), 25))
    assert [one.function for one in found.find_similar_functions("fetch_page")] == ["fetch"]
    assert found.find_similar_functions("mix") == []
    alike = found.similarity("fetch", "fetch_page", own=run(Tuner(SPACE, seed=2), 25, best=3.5))
    other = found.similarity("fetch", "fetch_page", own=run(Tuner(SPACE, seed=2), 25, best=0.15))
    assert alike.behaviour is not None
    assert other.behaviour is not None
    assert alike.behaviour > 0.7 > other.behaviour + 0.1
    assert "behaviour" in str(alike)
    with pytest.raises(SharingRefused, match="not similar enough"):
        found.share_learning("fetch", "mix")
    with pytest.raises(ParameterError, match="not registered"):
        found.find_similar_functions("unknown")


@given(low=st.floats(-100, 100), width=st.floats(1, 100), other=st.floats(-100, 100), wide=st.floats(1, 100))
def test_similarity_is_symmetric_and_of_oneself_complete(low: float, width: float, other: float, wide: float) -> None:
    """Between 0 and 1."""
    one = Space([Parameter("x", low, low, low + width), Choice("kind", "a", ("a", "b"))])
    two = Space([Parameter("x", other, other, other + wide), Choice("kind", "a", ("a", "c"))])
    assert of_spaces(one, one) == pytest.approx(1.0)
    assert of_spaces(one, two) == pytest.approx(of_spaces(two, one))
    assert 0.0 <= of_spaces(one, two) <= 1.0
    left, right = "fetch(url: str) -> str", "fetchAll(urls: list[str]) -> str"
    assert of_signatures(left, right) == of_signatures(right, left)
    assert of_signatures(left, left) == 1.0


def test_a_group_is_optimised_together(tmp_path: Path) -> None:
    """Each gets values inside its own bounds; knowledge survives the program."""
    with TinyStore(tmp_path / "kept.db") as store:
        found = registry(store, fetch=OPEN, fetch_page=OPEN, mix=OPEN)
        for group in (["fetch", "fetch_page"], []):
            with pytest.raises(SharingRefused, match="nobody"):
                found.collaborative_optimization(group)
        found.contribute("fetch", run(Tuner(SPACE, seed=1), 25))
        alone = found.collaborative_optimization(["fetch", "fetch_page"])
        assert (set(alone), set(alone.skipped)) == ({"fetch"}, {"fetch_page"})
        assert "'fetch_page' contributed nothing" in str(alone)
        found.contribute("fetch_page", run(Tuner(SPACE, seed=2), 6, best=3.5))
        found.contribute("mix", run_hue())
    with TinyStore(tmp_path / "kept.db") as store:
        values = registry(store, fetch=OPEN, fetch_page=OPEN, mix=OPEN).collaborative_optimization(
            ["fetch", "fetch_page", "mix"]
        )
    assert 1.5 < values["fetch_page"]["timeout"] < 7.0
    assert values["fetch_page"]["kind"] == "y"
    assert values.skipped == {}
    assert 0.0 <= values["mix"]["hue"] <= 1.0


def run_hue() -> Tuner:
    """A tuner of something else."""
    tuner = Tuner([Parameter("hue", 0, 0, 1)], seed=3)
    for _ in range(6):
        trial = tuner.suggest()
        tuner.observe(trial.id, 1.0 - trial.values["hue"] / 2)
    return tuner


def test_what_somebody_spoiled_in_the_store_is_not_used() -> None:
    """Registering goes on without it; so it does when bounds changed."""
    store = MemoryStore()
    registry(store, fetch=OPEN).contribute("fetch", run(Tuner(SPACE, seed=1), 6))
    moved = IntelligenceRegistry(store, flags=FeatureFlags.from_mapping({"fetch": OPEN}))
    moved.register("fetch", Space([Parameter("timeout", 1.0, 0.5, 2.0)]))
    with pytest.raises(SharingRefused):
        moved.share_learning("fetch", "fetch")
    store.save_state("shared/fetch", {"count": "many"})
    assert registry(store, fetch=OPEN).find_similar_functions("fetch_page") == []


def test_the_names_of_the_design_work() -> None:
    """Similarity of two signatures, transfer above a threshold, groups."""
    found = registry(fetch=OPEN, fetch_page=OPEN)
    found.contribute("fetch", run(Tuner(SPACE, seed=1), 10))
    learning = CrossFunctionLearning(found)
    assert learning.compute_function_similarity("f(x: int)", "f(x: int)") == 1.0
    assert learning.transfer_learned_parameters("fetch", "fetch_page") is not None
    assert learning.transfer_learned_parameters("fetch", "fetch_page", confidence_threshold=1.0) is None
    assert set(learning.collaborative_optimization(["fetch"])) == {"fetch"}


def test_a_state_of_another_space_is_refused(knowledge: Knowledge) -> None:
    """As for any tuner."""
    tuner = GuidedTuner(SPACE, prior=KnowledgePrior(SPACE, [(knowledge, 0.9)]))
    other = Space([Parameter("timeout", 1.0, 0.1, 30.0)])
    with pytest.raises(SpaceChanged):
        GuidedTuner.from_state(tuner.state(), other, prior=KnowledgePrior(other, [(knowledge, 0.9)]))
