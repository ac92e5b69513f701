"""Finite state machines for workflows: states, a current one, and transitions named `FROM:event` (LANGUAGE, section 9).

Each operation is a method (`machine.transition("next")`) and a function of the library (`transition_fsm(machine, "next")`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from dana_poet.errors import DanaAttributeError, DanaValueError
from dana_poet.runtime.coerce import check_field


class FSM:
    """A machine with a current state. DanaValueError for a state or a transition that the machine cannot have.

    Without arguments it goes from START to COMPLETE by `next`; the current state starts as the initial one, and the
    initial one as the first.

    >>> machine = FSM(states=["A", "B"], transitions={"A:go": "B"})
    >>> machine.transition("go"), machine.current_state, machine.is_terminal_state()
    (True, 'B', True)
    """

    __slots__ = ("current_state", "initial_state", "states", "transitions")
    __hash__ = None  # type: ignore[assignment]
    __match_args__ = ("states", "initial_state", "current_state", "transitions")
    __dana_type_text__ = "Struct[FSM]"
    __dana_fields__: ClassVar[dict[str, tuple[Any, bool]]] = {
        "states": (list, True),
        "initial_state": (str, True),
        "current_state": (str, True),
        "transitions": (dict, True),
    }

    states: list[str]
    initial_state: str
    current_state: str
    transitions: dict[str, str]

    def __init__(
        self,
        states: list[str] | None = None,
        initial_state: str | None = None,
        current_state: str | None = None,
        transitions: dict[str, str] | None = None,
    ) -> None:
        if states is None and transitions is None:
            transitions = {"START:next": "COMPLETE"}
        self.states = ["START", "COMPLETE"] if states is None else states
        self.transitions = {} if transitions is None else transitions
        if not self.states:
            raise DanaValueError("an FSM needs at least one state")
        self.initial_state = self.states[0] if initial_state is None else initial_state
        self.current_state = self.initial_state if current_state is None else current_state
        self._check()

    def _check(self) -> None:
        """Raise DanaValueError for the first state that is not among `states` and for a key that is no `FROM:event`."""
        self._known(self.initial_state, "initial_state")
        self._known(self.current_state, "current_state")
        for key, target in self.transitions.items():
            state, colon, event = str(key).partition(":")
            if not (colon and event):
                raise DanaValueError(f"transition {key!r} is not of the form 'FROM:event'")
            self._known(state, f"transition {key!r}")
            self._known(target, f"transition {key!r}")

    def _known(self, state: str, place: str) -> None:
        if state not in self.states:
            raise DanaValueError(f"{place}: {state!r} is no state of this FSM", hint=f"its states: {self.states}")

    def __setattr__(self, name: str, value: object) -> None:
        field = self.__dana_fields__.get(name)
        if field is None:
            raise DanaAttributeError(f"FSM has no field {name!r}", hint=f"its fields: {', '.join(self.__slots__)}")
        object.__setattr__(self, name, check_field("FSM", name, value, field[0]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FSM):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __repr__(self) -> str:
        return f"FSM({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__dana_fields__)})"

    def can_transition(self, from_state: str, event: str) -> bool:
        """Whether `event` leads anywhere from `from_state`."""
        return f"{from_state}:{event}" in self.transitions

    def get_next_state(self, state: str, event: str) -> str | None:
        """Return where `event` leads from `state`; null when nowhere."""
        return self.transitions.get(f"{state}:{event}")

    def transition(self, event: str) -> bool:
        """Follow `event` from the current state; false, and no change, when it leads nowhere."""
        target = self.get_next_state(self.current_state, event)
        if target is not None:
            self.current_state = target
        return target is not None

    def is_terminal_state(self, state: str | None = None) -> bool:
        """Whether no event leads on from `state`, or from the current state."""
        return not self.get_available_events(state)

    def get_available_events(self, state: str | None = None) -> list[str]:
        """Return the events that lead on from `state`, or from the current state, in the order they were written."""
        start = f"{self.current_state if state is None else state}:"
        return [key[len(start) :] for key in self.transitions if key.startswith(start)]

    def reset(self) -> None:
        """Go back to the initial state."""
        self.current_state = self.initial_state


def create_linear_fsm(states: list[str]) -> FSM:
    """Return a machine that goes through `states` in order by `next`. DanaValueError for fewer than two.

    >>> create_linear_fsm(["A", "B", "C"]).transitions
    {'A:next': 'B', 'B:next': 'C'}
    """
    if len(states) < 2:
        raise DanaValueError(f"a linear FSM needs two states or more, not {len(states)}")
    transitions = {f"{states[n]}:next": states[n + 1] for n in range(len(states) - 1)}
    return FSM(states=states, transitions=transitions)


def create_branching_fsm(states: list[str], initial_state: str, transitions: dict[str, str]) -> FSM:
    """Return a machine with the given `FROM:event` transitions."""
    return FSM(states=states, initial_state=initial_state, transitions=transitions)


def create_simple_workflow_fsm() -> FSM:
    """Return START, PROCESSING, COMPLETE, one after the other by `next`."""
    return create_linear_fsm(["START", "PROCESSING", "COMPLETE"])


def create_error_handling_fsm() -> FSM:
    """Return a machine that processes, and after an error tries again or gives up."""
    return create_branching_fsm(
        ["START", "PROCESSING", "COMPLETE", "ERROR", "RETRY"],
        "START",
        {
            "START:begin": "PROCESSING",
            "PROCESSING:success": "COMPLETE",
            "PROCESSING:error": "ERROR",
            "ERROR:retry": "RETRY",
            "RETRY:begin": "PROCESSING",
            "ERROR:abort": "COMPLETE",
        },
    )


def can_transition(fsm: FSM, from_state: str, event: str) -> bool:
    """Whether `event` leads anywhere from `from_state`."""
    return fsm.can_transition(from_state, event)


def get_next_state(fsm: FSM, state: str, event: str) -> str | None:
    """Return where `event` leads from `state`; null when nowhere."""
    return fsm.get_next_state(state, event)


def transition_fsm(fsm: FSM, event: str) -> bool:
    """Follow `event` from the current state; false, and no change, when it leads nowhere."""
    return fsm.transition(event)


def is_terminal_state(fsm: FSM, state: str | None = None) -> bool:
    """Whether no event leads on from `state`, or from the current state."""
    return fsm.is_terminal_state(state)


def get_available_events(fsm: FSM, state: str | None = None) -> list[str]:
    """Return the events that lead on from `state`, or from the current state."""
    return fsm.get_available_events(state)


def reset_fsm(fsm: FSM) -> None:
    """Go back to the initial state."""
    fsm.reset()
