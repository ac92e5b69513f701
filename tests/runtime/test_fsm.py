"""State machines: how they are made, how they move, and what they refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_poet.errors import DanaAttributeError, DanaTypeError, DanaValueError
from dana_poet.runtime import fsm
from dana_poet.runtime.coerce import coerce
from dana_poet.runtime.fsm import FSM
from dana_poet.runtime.library_json import json
from dana_poet.runtime.types import type_text


def test_the_default_machine_goes_from_start_to_complete() -> None:
    """What a workflow has that says nothing of its machine."""
    machine = FSM()
    assert machine.current_state == "START"
    assert machine.transition("next")
    assert machine.current_state == "COMPLETE"
    assert machine == FSM(["START", "COMPLETE"], "START", "COMPLETE", {"START:next": "COMPLETE"})


def test_machines_do_not_share_their_states() -> None:
    """Defaults are made for each machine."""
    FSM().states.append("LATER")
    assert FSM().states == ["START", "COMPLETE"]


@given(st.lists(st.text(min_size=1).filter(lambda name: ":" not in name), min_size=2, max_size=8, unique=True))
def test_a_linear_machine_visits_every_state_in_order(states: list[str]) -> None:
    """`next` leads on until the last state, and from there nowhere."""
    machine = fsm.create_linear_fsm(states)
    seen = [machine.current_state]
    while fsm.transition_fsm(machine, "next"):
        seen.append(machine.current_state)
    assert seen == states
    assert fsm.is_terminal_state(machine, states[-1])
    fsm.reset_fsm(machine)
    assert machine.current_state == states[0]


def test_functions_and_methods_agree() -> None:
    """Older programs call functions, newer ones methods."""
    machine = fsm.create_error_handling_fsm()
    assert fsm.get_available_events(machine, "ERROR") == machine.get_available_events("ERROR") == ["retry", "abort"]
    assert fsm.can_transition(machine, "START", "begin") is machine.can_transition("START", "begin") is True
    assert fsm.get_next_state(machine, "RETRY", "begin") == machine.get_next_state("RETRY", "begin") == "PROCESSING"
    assert fsm.get_next_state(machine, "COMPLETE", "begin") is None
    assert machine.is_terminal_state("COMPLETE")
    assert not machine.is_terminal_state()


def test_an_event_that_leads_nowhere_changes_nothing() -> None:
    """False, not an error: programs ask and go on."""
    machine = fsm.create_simple_workflow_fsm()
    assert not machine.transition("jump")
    assert machine.current_state == "START"


def test_a_state_whose_name_begins_like_another_is_not_mixed_up() -> None:
    """`A` and `AB` are two states."""
    machine = FSM(["A", "AB"], transitions={"AB:go": "A"})
    assert machine.get_available_events("A") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"states": []}, "needs at least one state"),
        ({"states": ["A"], "initial_state": "B"}, "initial_state: 'B' is no state"),
        ({"states": ["A"], "current_state": "B"}, "current_state: 'B' is no state"),
        ({"states": ["A"], "transitions": {"A": "A"}}, "'A' is not of the form 'FROM:event'"),
        ({"states": ["A"], "transitions": {"B:x": "A"}}, "transition 'B:x': 'B' is no state"),
        ({"states": ["A"], "transitions": {"A:x": "C"}}, "transition 'A:x': 'C' is no state"),
    ],
)
def test_a_machine_that_cannot_be_is_refused_at_once(arguments: dict[str, object], message: str) -> None:
    """Not when the workflow has half run."""
    with pytest.raises(DanaValueError, match=message):
        FSM(**arguments)  # type: ignore[arg-type]


def test_fields_are_checked_on_assignment() -> None:
    """As in a struct: type and name."""
    machine = FSM()
    with pytest.raises(DanaTypeError, match="field 'current_state' of FSM takes str"):
        setattr(machine, "current_state", 5)  # noqa: B010 - past the type checker
    with pytest.raises(DanaAttributeError, match="FSM has no field 'state'"):
        setattr(machine, "state", "START")  # noqa: B010 - past the type checker
    with pytest.raises(DanaValueError, match="two states or more, not 1"):
        fsm.create_linear_fsm(["ONLY"])


def test_a_machine_prints_as_it_is_written() -> None:
    """`repr` can be pasted back."""
    machine = fsm.create_simple_workflow_fsm()
    assert eval(repr(machine), {"FSM": FSM}) == machine  # noqa: S307 - our own text
    assert machine != "FSM"


def test_a_machine_is_a_struct_to_the_rest_of_dana() -> None:
    """It prints as one, is made from a dict, and goes through JSON."""
    machine = fsm.create_simple_workflow_fsm()
    assert type_text(machine) == "Struct[FSM]"
    assert coerce(json.loads(json.dumps(machine)), FSM) == machine
