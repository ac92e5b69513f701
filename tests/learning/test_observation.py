"""What is said of an execution is checked when it is said, is one's own, and survives JSON to the last bit."""

from __future__ import annotations

import copy
import json
import math
import pickle
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_learning.conformance import full_execution
from dana_learning.errors import ObservationError, StoreFull
from dana_learning.observation import Attempt, ExecutionFeedback, Observation, OnlineFeedback

finite = st.floats(allow_nan=False, allow_infinity=False)
durations = st.floats(0, 1e9)
attempts = st.builds(Attempt, durations, st.text(max_size=4), st.none() | durations, durations)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=3), inner, max_size=3),
    max_leaves=6,
)
mappings = st.dictionaries(st.text(min_size=1, max_size=3), plain, max_size=3)
metrics = st.dictionaries(st.text(min_size=1, max_size=3), finite, max_size=3)
executions = st.builds(
    ExecutionFeedback,
    st.text(min_size=1, max_size=9),
    st.text(min_size=1, max_size=9),
    st.text(max_size=9),
    st.floats(0, 1),
    metrics,
    attempts=st.lists(attempts, max_size=3).map(tuple),
    user_feedback=st.none() | mappings,
    validation_passed=st.booleans(),
    plugin_metrics=st.dictionaries(st.text(min_size=1, max_size=3), metrics, max_size=2),
    domain_specific_feedback=mappings,
    timestamp=st.none() | finite,
    values=mappings,
    context=mappings,
    plugin_performance=metrics,
    plugin_learning_opportunities=st.lists(st.text(max_size=3), max_size=2).map(tuple),
)


@given(executions)
def test_feedback_survives_json(feedback: ExecutionFeedback) -> None:
    """`from_dict` of `to_dict` through a text is the same value; so are copies."""
    assert ExecutionFeedback.from_dict(json.loads(json.dumps(feedback.to_dict()))) == feedback
    assert copy.deepcopy(feedback) == feedback
    told = feedback.observation()
    assert Observation.from_dict(json.loads(json.dumps(told.to_dict()))) == told
    assert (told.id, told.quality, told.values) == (feedback.execution_id, feedback.output_quality, feedback.values)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"output_quality": 1.1}, "output_quality"),
        ({"output_quality": -0.1}, "output_quality"),
        ({"output_quality": math.nan}, "output_quality"),
        ({"output_quality": True}, "output_quality"),
        ({"output_quality": "good"}, "output_quality"),
        ({"execution_id": ""}, "execution_id"),
        ({"execution_id": 5}, "execution_id"),
        ({"function_name": ""}, "function_name"),
        ({"input_signature": None}, "input_signature"),
        ({"performance_metrics": {"s": math.inf}}, "performance_metrics['s']"),
        ({"performance_metrics": {"s": "1"}}, "performance_metrics['s']"),
        ({"performance_metrics": [1.0]}, "performance_metrics"),
        ({"timestamp": math.nan}, "timestamp"),
        ({"timestamp": 10**400}, "timestamp"),
        ({"validation_passed": 1}, "validation_passed"),
        ({"values": {"a": object()}}, "values['a']"),
        ({"values": {"a": [1.0, math.nan]}}, "values['a'][1]"),
        ({"context": {1: 2}}, "a name in context"),
        ({"user_feedback": "good"}, "user_feedback"),
        ({"plugin_metrics": {"p": {"m": math.nan}}}, "plugin_metrics['p']['m']"),
        ({"attempts": (1.0,)}, "attempts"),
        ({"attempts": ({"seconds": -1.0},)}, "attempt.seconds"),
    ],
)
def test_what_cannot_be_true_is_refused(changes: dict[str, Any], field: str) -> None:
    """The error names the field."""
    good = {"execution_id": "r", "function_name": "f", "input_signature": "", "output_quality": 0.5}
    with pytest.raises(ObservationError) as caught:
        ExecutionFeedback(**{**good, **changes})
    assert caught.value.field.replace("['m']", "") == field.replace("['m']", "")
    assert caught.value.expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"seconds": -1.0},
        {"seconds": math.inf},
        {"seconds": 1.0, "timeout": -1.0},
        {"seconds": 1.0, "error": 5},
        {"seconds": 1.0, "duration": 1.0},
        {},
    ],
)
def test_attempts_are_checked(wrong: dict[str, Any]) -> None:
    """Durations are finite and not negative."""
    with pytest.raises(ObservationError):
        Attempt.from_dict(wrong)


def test_an_attempt_that_timed_out_is_censored() -> None:
    """How long it would have taken is not known."""
    assert Attempt(2.0, "TimeoutError", 2.0).timed_out
    assert not Attempt(1.0, "ConnectionError", 2.0).timed_out
    assert not Attempt(2.0, "", 2.0).timed_out
    assert Attempt(1.0).succeeded


def test_what_was_given_stays_ones_own() -> None:
    """Changing it later changes no observation; numbers become floats, tuples lists."""
    values: dict[str, Any] = {"inner": {"rows": (1, 2)}, "n": np.float64(0.5)}
    told = Observation("r", values, 1)
    values["inner"]["rows"] = ()
    assert told.values == {"inner": {"rows": [1, 2]}, "n": 0.5}
    assert type(told.quality) is float
    assert type(told.values["n"]) is float


def test_a_datetime_is_a_time() -> None:
    """As in feedback that people write down."""
    moment: Any = datetime(2026, 1, 1, tzinfo=UTC)
    assert OnlineFeedback("r", "f", "", 0.5, timestamp=moment).timestamp == moment.timestamp()


def test_newer_fields_are_ignored() -> None:
    """A file of a later version can be read; one without what is needed cannot."""
    data = {**full_execution(1).to_dict(), "later": 1}
    assert ExecutionFeedback.from_dict(data) == full_execution(1)
    with pytest.raises(ObservationError, match="all its fields"):
        ExecutionFeedback.from_dict({"execution_id": "r"})
    with pytest.raises(ObservationError, match="a dict of the fields"):
        Observation.from_dict([1])  # type: ignore[arg-type]


def test_errors_travel() -> None:
    """Between processes, with all they say."""
    error = StoreFull("no room", path="a.db", field="f", expected="e", hint="h")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
    assert (str(again), again.path, again.field, again.hint) == (str(error), "a.db", "f", "h")
