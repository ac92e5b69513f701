"""What may stand in an event: plain data, copied; anything else is refused with the field that does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.events import EventError, open_store, register_type

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"user": {"when": __import__("datetime").datetime(2026, 1, 1)}}, "payload.user.when: a datetime"),
        ({"a": [0, {"b": {1, 2}}]}, "payload.a[1].b: a set"),
        ({1: "x"}, "payload: the key 1 is an int"),
        ({"x": float("inf")}, "payload.x: inf"),
        ({"x": b""}, "payload.x: a bytes"),
        ({"x": 2**2000}, "payload.x: an integer of 2001 bits"),
        ([], "payload: a dict is expected"),
    ],
)
def test_a_payload_that_is_no_plain_data_is_refused_with_the_field(payload: Any, field: str, tmp_path: Path) -> None:
    """Whoever reads the message finds the value."""
    with open_store(f"file:{tmp_path}/s") as store, pytest.raises(EventError) as error:
        store.publish("t", payload)
    assert error.value.message.startswith(field)


def test_a_circle_is_refused(tmp_path: Path) -> None:
    """It ends, and names where it got to."""
    circle: dict[str, Any] = {}
    circle["again"] = circle
    with open_store(f"file:{tmp_path}/s") as store, pytest.raises(EventError, match="in a circle"):
        store.publish("t", circle)


def test_a_registered_type_refuses_what_does_not_fit(tmp_path: Path) -> None:
    """Missing, wrong and none are told apart from optional."""
    register_type("test.door", {"door": int, "by?": (str, dict), "angle?": float})
    with open_store(f"file:{tmp_path}/s") as store:
        store.publish("test.door", {"door": 1, "angle": 2, "by": None, "more": "is fine"})
        for payload, words in (
            ({}, "payload.door: is missing"),
            ({"door": True}, "payload.door: a whole number is expected in 'test.door', not bool"),
            ({"door": 1, "by": 2}, "payload.by: text or a dict is expected"),
        ):
            with pytest.raises(EventError, match=words):
                store.publish("test.door", payload)
        with pytest.raises(EventError, match=r"payload\.execution_id: text is expected"):
            store.publish("poet.execution.completed", {"execution_id": 7})


def test_the_payload_is_copied(tmp_path: Path) -> None:
    """What happens to the caller's dict afterwards is not part of the event."""
    payload: dict[str, Any] = {"list": [1]}
    with open_store(f"file:{tmp_path}/s") as store:
        event = store.publish("t", payload)
        payload["list"].append(2)
        assert event.payload == {"list": [1]}
        assert store.query() == [event]
