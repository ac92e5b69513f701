"""A trial from the first step to the last and back: the states it goes through, and what it never does."""

from __future__ import annotations

import math
import os
import random
import statistics
import threading
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen.promotion import Plan, Promotion
from dana_poet.codegen.versions import VersionStore
from dana_poet.errors import DanaValueError, PoetOptionError
from tests.codegen.promotion_cases import OUT, Memory, served, trial
from tests.codegen.version_cases import PASSED, candidate, original
from tests.codegen.version_kills import in_child

if TYPE_CHECKING:
    from pathlib import Path

    from dana_poet.codegen.versions import History

QUICK = Plan(maximum=600)


def test_a_better_version_goes_all_the_way() -> None:
    """Step by step, each with its reason; the last steps come after the evidence, the held-out check after that."""
    promotion, memory = trial(pure=True)
    served(promotion, 0.95, 0.8, seed=3)
    assert [(state, percent) for state, percent, _ in memory.moves] == [
        ("shadow", 0.0), ("canary", 5.0), ("canary", 25.0), ("canary", 50.0), ("canary", 100.0), ("active", 0.0),
    ]  # fmt: skip
    reasons = [reason for _, _, reason in memory.moves]
    assert reasons[1].startswith("nothing wrong in shadow: ")
    assert "held out: +" in reasons[4]
    assert "pairs that chose nothing" in reasons[4]
    evidence = memory.version_.evidence["trial"]
    assert evidence["decision"] == "promote"
    assert evidence["held_out_pairs"] == Plan().held_out


def test_a_function_that_acts_is_never_run_twice() -> None:
    """Without `pure` there is no shadow."""
    promotion, memory = trial()
    assert (promotion.stage, promotion.percent) == ("canary", 5.0)
    assert [state for state, _, _ in memory.moves] == ["canary"]


@pytest.mark.parametrize("base", [0.5, 0.9, 1.0])
def test_an_equal_version_is_retired_not_promoted(base: float) -> None:
    """After the most pairs that are asked for; it may be tried again."""
    ends = []
    for seed in range(12):
        promotion, memory = trial(QUICK)
        served(promotion, base, base, seed=seed)
        ends.append(promotion.stage)
        if promotion.stage == "retired":
            assert memory.moves[-1][2].startswith(("not shown to be better", "the held-out check"))
    assert ends.count("active") <= 1
    assert ends.count("retired") >= 8


@pytest.mark.parametrize("base", [0.99, 0.9, 0.5])
def test_a_ten_point_drop_is_rolled_back_within_two_hundred_calls(base: float) -> None:
    """Calls that the bad version served, in the median, through all steps of the canary."""
    calls = []
    for seed in range(25):
        promotion, memory = trial()
        calls.append(served(promotion, base - 0.1, base, seed=seed))
        assert promotion.stage == "quarantined"
        assert "worse than the baseline" in memory.moves[-1][2]
    assert statistics.median(calls) <= 200


def test_a_drop_after_promotion_is_rolled_back() -> None:
    """Compared with the rate that is on record: nobody has the baseline any more."""
    calls = []
    for seed in range(10):
        promotion, memory = trial()
        served(promotion, 0.95, 0.85, seed=seed)
        assert memory.moves[-1][0] == "active"
        calls.append(served(promotion, 0.75, 0.0, seed=seed, until=OUT[1:]))
        assert promotion.stage == "retired"
        assert "below the baseline's rate" in memory.moves[-1][2]
    assert statistics.median(calls) <= 200


def test_a_good_version_stays() -> None:
    """Ten thousand calls at the rate that it was promoted with."""
    promotion, _ = trial()
    served(promotion, 0.95, 0.85, seed=1)
    served(promotion, 0.95, 0.0, seed=2, calls=10_000, until=OUT[1:])
    assert promotion.stage == "active"


def outage(call: int) -> float:
    """Return a rate that swings, with an outage in between."""
    return 0.1 if 900 < call < 1300 else 0.85 + 0.1 * math.sin(call / 50)


def test_a_level_that_drifts_for_both_takes_nobody_out_and_promotes_nobody() -> None:
    """An outage in the middle of the canary hits both."""
    ends = [end_of(outage, outage, seed) for seed in range(12)]
    assert ends.count("active") <= 1
    assert ends.count("quarantined") <= 4


def end_of(candidate_rate: Any, baseline_rate: Any, seed: int) -> str:
    """Return how a trial ends."""
    promotion, _ = trial(QUICK)
    served(promotion, candidate_rate, baseline_rate, seed=seed, calls=6000)
    return promotion.stage


def test_a_better_version_is_promoted_through_a_drift() -> None:
    """What happens to both does not hide the difference."""
    ends = [end_of(lambda call: min(outage(call) + 0.15, 1.0), outage, seed) for seed in range(8)]
    assert ends.count("active") >= 7


def test_a_broken_contract_ends_it_at_once() -> None:
    """With the example for the next prompt; whatever is told later changes nothing."""
    promotion, memory = trial()
    promotion.violated("score(3) gave None")
    assert (promotion.stage, promotion.over) == ("quarantined", True)
    assert memory.version_.evidence["counterexample"] == "score(3) gave None"
    moves = list(memory.moves)
    served(promotion, 1.0, 0.0, calls=500)
    promotion.violated("again")
    promotion.begin()
    assert memory.moves == moves
    assert not promotion.takes("anybody")


def test_a_slow_version_is_taken_out() -> None:
    """More calls over the baseline's usual time than the baseline has, seen side by side."""
    promotion, memory = trial()
    chance = random.Random(1)  # noqa: S311 - nothing secret
    for _ in range(4000):
        takes = promotion.takes(str(chance.random()))
        promotion.observe(candidate=takes, value=1.0, seconds=chance.uniform(0.01, 0.02) * (3 if takes else 1))
        if promotion.over:
            break
    assert promotion.stage == "quarantined"
    assert memory.moves[-1][2].startswith("slower than the baseline")


def test_a_service_that_becomes_slow_for_both_takes_nobody_out() -> None:
    """Times are compared side by side too."""
    promotion, _ = trial()
    chance = random.Random(1)  # noqa: S311 - nothing secret
    for call in range(2500):
        takes = promotion.takes(str(chance.random()))
        promotion.observe(candidate=takes, value=1.0, seconds=chance.uniform(0.01, 0.02) * (5 if call > 800 else 1))
    assert not promotion.over


def test_a_budget_of_seconds_is_kept() -> None:
    """Also after promotion."""
    promotion, memory = trial(Plan(seconds=0.1))
    served(promotion, 0.95, 0.8, seed=3)
    assert memory.moves[-1][0] == "active"
    for _ in range(200):
        promotion.observe(candidate=True, value=1.0, seconds=0.2)
    assert promotion.stage == "retired"
    assert memory.moves[-1][2].startswith("too slow")


def test_not_worse_needs_a_gain_that_shows() -> None:
    """The same quality and a better objective is promoted; without the gain it is retired."""
    plan = Plan(rule="not worse", margin=0.05, gain="latency", maximum=1500)
    for better, end in ((0.2, "active"), (0.0, "retired")):
        promotion, _ = trial(plan)
        chance = random.Random(7)  # noqa: S311 - nothing secret
        for _ in range(20_000):
            takes = promotion.takes(str(chance.random()))
            speed = chance.uniform(0.2, 0.6) + (better if takes else 0.0)
            promotion.observe(candidate=takes, value=float(chance.random() < 0.97), objective=speed)
            if promotion.stage in OUT:
                break
        assert promotion.stage == end


def test_the_held_out_check_can_say_no() -> None:
    """A version that was good only while it was chosen is retired by pairs that chose nothing."""
    promotion, memory = trial()
    test = promotion.trial.test
    chance = random.Random(8)  # noqa: S311 - nothing secret
    for _ in range(20_000):
        takes = promotion.takes(str(chance.random()))
        rate = (0.95 if test.decision == "undecided" else 0.72) if takes else 0.75
        promotion.observe(candidate=takes, value=float(chance.random() < rate))
        if promotion.stage in OUT:
            break
    assert promotion.stage == "retired"
    assert memory.moves[-1][2].startswith("the held-out check does not confirm it: -")


def test_in_the_last_step_some_keep_the_baseline() -> None:
    """One in ten: what is new can still be compared."""
    promotion, _ = trial()
    promotion.stage, promotion.percent = "canary", 100.0
    share = sum(promotion.takes(str(number)) for number in range(4000)) / 4000
    assert 0.87 < share < 0.93


def test_after_a_rollback_the_next_trial_waits(tmp_path: Path) -> None:
    """For calls, not for a clock; twice as long after the next one; and over a restart."""
    history = VersionStore(tmp_path).open(original())
    waits = []
    for number in (1, 2):
        version = history.add(candidate(str(number)), PASSED)
        promotion = Promotion(history, version, Plan(cooldown=40))
        promotion.begin()
        while promotion.resting:
            assert promotion.stage == "verified"
            promotion.observe(candidate=False, value=1.0)
        promotion.observe(candidate=False, value=1.0)
        assert promotion.stage == "canary"
        promotion.violated("wrong")
        waits.append(promotion.resting)
    assert waits == [40, 80]
    version = history.add(candidate("3"), PASSED)
    assert Promotion(history, version, Plan(cooldown=40)).resting == 80


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[History, Promotion]:
    """Return a trial in a real history, with a version before it active."""
    monkeypatch.setattr(os, "fsync", lambda _handle: None)
    history = VersionStore(tmp_path).open(original())
    history.move(history.add(candidate("1"), PASSED), "active", "a test")
    promotion = Promotion(history, history.add(candidate("2"), PASSED), Plan())
    promotion.begin()
    return history, promotion


def test_a_restarted_process_goes_on(real: tuple[History, Promotion]) -> None:
    """Step, pairs, rate: as they were when it was closed; a damaged file only means more calls."""
    history, promotion = real
    served(promotion, 0.9, 0.8, calls=900)
    promotion.close()
    pairs, step = promotion.trial.test.pairs, promotion.percent
    assert pairs > 20
    again = Promotion(history, history.version(2), Plan())
    assert (again.stage, again.percent, again.trial.test.pairs) == ("canary", step, pairs)
    assert again.trial.test.state() == promotion.trial.test.state()
    assert again.trial.rate == promotion.trial.rate
    file = history.file_of("trial.json")
    for damage in (b"", b"{", b"[]", b'{"kind": "trial", "format": 1}', b'{"kind": "trial", "format": 9}'):
        with open(file, "wb") as stream:  # noqa: PTH123 - the store's own way of naming files
            stream.write(damage)
        anew = Promotion(history, history.version(2), Plan())
        assert (anew.percent, anew.trial.test.pairs) == (step, 0)
        served(anew, 0.9, 0.8, calls=20)
        anew.close()
        assert anew.problem == ""


def test_processes_make_one_test_together(real: tuple[History, Promotion]) -> None:
    """What each saw adds up: with one test each, several processes would be wrong several times as often."""
    history, promotion = real
    other = Promotion(history, history.version(2), Plan())
    for one, seed in ((promotion, 1), (other, 2), (promotion, 3)):
        served(one, 0.85, 0.8, calls=300, seed=seed)
        one.close()
    third = Promotion(history, history.version(2), Plan())
    served(other, 0.8, 0.8, calls=1)
    other.close()
    assert third.trial.test.pairs == promotion.trial.test.pairs
    assert 0 <= other.trial.test.pairs - third.trial.test.pairs <= 1


def test_a_forked_process_does_not_keep_what_its_parent_keeps(real: tuple[History, Promotion]) -> None:
    """A server that forks its workers would count the same pairs once for each."""
    history, promotion = real
    served(promotion, 0.85, 0.8, calls=40)
    seen = promotion.trial.of("canary.5") + promotion.trial.test.pairs
    with promotion._lock:
        child = in_child(lambda: worked(promotion))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    promotion.close()
    kept = Promotion(history, history.version(2), Plan()).trial
    assert kept.of("canary.5") + kept.test.pairs == seen + 1


def worked(promotion: Promotion) -> None:
    """See one call of the candidate in a worker that was forked while another thread held the trial."""
    promotion.observe(candidate=True, value=1.0)
    promotion.close()


def test_what_one_process_takes_for_shown_is_decided_by_all(real: tuple[History, Promotion]) -> None:
    """Luck in one of several processes promotes nothing."""
    history, promotion = real
    other = Promotion(history, history.version(2), Plan())
    for _ in range(300):
        other.trial.test.update(0.4, 0.5)
    other.trial.test._decision = "undecided"
    other._unsaved = 1
    other.close()
    for _ in range(60):
        promotion.trial.test.update(0.6, 0.3)
    assert promotion.trial.test.decision == "promote"
    promotion._save()
    assert promotion.trial.test.decision != "promote"


def test_a_rollback_is_seen_by_the_other_process(real: tuple[History, Promotion]) -> None:
    """What broke the contract in one serves in none."""
    history, promotion = real
    other = Promotion(history, history.version(2), Plan())
    other.violated("score(1) gave None")
    promotion._look()
    assert promotion.over
    assert history.counterexamples() == ("score(1) gave None",)


def test_the_version_before_serves_again_after_an_active_one_failed(real: tuple[History, Promotion]) -> None:
    """In one step of the store; the failed text is never promoted or stored again."""
    history, promotion = real
    served(promotion, 0.97, 0.7, seed=2)
    current = history.current()
    assert (promotion.stage, current is not None and current.number) == ("active", 2)
    promotion.violated("score(2) gave None")
    current = history.current()
    assert current is not None
    assert current.number == 1
    assert history.refuses(candidate("2").source) == "it is version 2, which is quarantined"


def test_a_full_disk_neither_stops_calls_nor_a_rollback(real: tuple[History, Promotion]) -> None:
    """The version is out here at once, and in the store as soon as that can be written."""
    history, promotion = real
    move = history._file.change
    history._file.change = broken  # type: ignore[method-assign]
    served(promotion, 0.9, 0.8, calls=500)
    assert (promotion.stage, promotion.percent) == ("canary", 5.0)
    promotion.violated("score(2) gave None")
    assert promotion.over
    assert "No space left" in promotion.problem
    assert history.version(2).state == "canary"
    history._file.change = move  # type: ignore[method-assign]
    served(promotion, 0.9, 0.8, calls=150, until=())
    assert history.version(2).state == "quarantined"


def broken(*_given: Any, **_named: Any) -> Any:
    """Fail as the store does on a full disk."""
    from dana_poet.errors import StateError

    raise StateError("No space left on device")


def test_a_promotion_that_cannot_be_stored_does_not_hold() -> None:
    """It is tried again later."""
    promotion, memory = trial()
    memory.broken = "No space left on device"
    served(promotion, 0.95, 0.8, calls=3000)
    assert (promotion.stage, promotion.percent) == ("canary", 5.0)
    assert promotion.problem == "No space left on device"
    memory.broken = ""
    served(promotion, 0.95, 0.8, seed=2)
    assert promotion.stage == "active"


def test_threads_may_tell_outcomes_at_once() -> None:
    """None is counted twice or lost."""
    promotion, _ = trial(Plan(per_step=100_000))

    def tell() -> None:
        for _ in range(500):
            promotion.observe(candidate=False, value=1.0)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert promotion.trial.seen == 2000


def test_a_wrong_outcome_is_refused_and_not_counted() -> None:
    """It would make all later ones worthless."""
    promotion, _ = trial()
    for wrong in (float("nan"), -1, 2, "1"):
        with pytest.raises(DanaValueError):
            promotion.observe(candidate=True, value=wrong)  # type: ignore[arg-type]
    assert promotion.trial.seen == 0


@pytest.mark.parametrize(
    "about",
    [
        {"steps": ()}, {"steps": (50, 25)}, {"steps": (0, 50)}, {"rule": "best"}, {"rule": "not worse"},
        {"level": 0.0}, {"minimum": -1}, {"held_out": 1.5}, {"tolerance": 1.0},
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(about: dict[str, Any]) -> None:
    """With what is expected."""
    with pytest.raises(PoetOptionError) as told:
        Plan(**about)
    assert told.value.hint


def test_a_trial_says_where_it_stands() -> None:
    """For people."""
    promotion, _ = trial()
    assert str(promotion) == "version 1 is canary 5%: no pairs yet"
    served(promotion, 0.9, 0.8, calls=2000, seed=5)
    assert "against 0." in str(promotion)
    assert "odds" in str(promotion)
    assert isinstance(Memory().version(1).number, int)
