"""Which name of the Dana library lives where. Importing this table loads none of it: a name is loaded when it is used."""

from __future__ import annotations

LIBRARY: dict[str, str] = {
    # writing and waiting
    "log": "dana_poet.runtime.library:log",
    "log_level": "dana_poet.runtime.library:log_level",
    "noop": "dana_poet.runtime.library:noop",
    "cast": "dana_poet.runtime.library:cast",
    "sleep": "dana_poet.runtime.library:sleep",
    "now": "dana_poet.runtime.library:now",
    "get_current_timestamp": "dana_poet.runtime.library:get_current_timestamp",
    "env": "dana_poet.runtime.library:env",
    "json": "dana_poet.runtime.library_json:json",
    # numbers and text
    "sum_range": "dana_poet.runtime.library_values:sum_range",
    "is_odd": "dana_poet.runtime.library_values:is_odd",
    "is_even": "dana_poet.runtime.library_values:is_even",
    "factorial": "dana_poet.runtime.library_values:factorial",
    "add_one": "dana_poet.runtime.library_values:add_one",
    "add_two": "dana_poet.runtime.library_values:add_two",
    "add_three": "dana_poet.runtime.library_values:add_three",
    "add_four": "dana_poet.runtime.library_values:add_four",
    "capitalize_words": "dana_poet.runtime.library_values:capitalize_words",
    "title_case": "dana_poet.runtime.library_values:title_case",
    # decorators
    "log_calls": "dana_poet.runtime.library_decorators:log_calls",
    "log_with_prefix": "dana_poet.runtime.library_decorators:log_with_prefix",
    "repeat": "dana_poet.runtime.library_decorators:repeat",
    "validate_args": "dana_poet.runtime.library_decorators:validate_args",
    # POET
    "poet": "dana_poet.stages:poet",
    "apply_poet": "dana_poet.stages:apply_poet",
    # language models
    "reason": "dana_poet.runtime.reason:reason",
    "llm": "dana_poet.runtime.reason:llm",
    "ask": "dana_poet.runtime.reason:ask",
    "set_model": "dana_poet.runtime.reason:set_model",
    "context_aware_reason": "dana_poet.runtime.reason:context_aware_reason",
    # pipelines
    "case": "dana_poet.runtime.pipeline:case",
    # workflows
    "FSM": "dana_poet.runtime.fsm:FSM",
    "create_linear_fsm": "dana_poet.runtime.fsm:create_linear_fsm",
    "create_branching_fsm": "dana_poet.runtime.fsm:create_branching_fsm",
    "create_simple_workflow_fsm": "dana_poet.runtime.fsm:create_simple_workflow_fsm",
    "create_error_handling_fsm": "dana_poet.runtime.fsm:create_error_handling_fsm",
    "can_transition": "dana_poet.runtime.fsm:can_transition",
    "get_next_state": "dana_poet.runtime.fsm:get_next_state",
    "transition_fsm": "dana_poet.runtime.fsm:transition_fsm",
    "is_terminal_state": "dana_poet.runtime.fsm:is_terminal_state",
    "get_available_events": "dana_poet.runtime.fsm:get_available_events",
    "reset_fsm": "dana_poet.runtime.fsm:reset_fsm",
    # resources
    "use": "dana_poet.runtime.resources:use",
    "get_resource": "dana_poet.runtime.resources:get_resource",
    # events and feedback
    "feedback": "dana_poet.runtime.feedback:feedback",
    "track_execution": "dana_poet.runtime.feedback:track_execution",
    "LearningOrchestrator": "dana_poet.orchestration:LearningOrchestrator",
    "action_tracker": "dana_poet.orchestration:action_tracker",
    "ConfigTracker": "dana_poet.orchestration:ConfigTracker",
    "AlertLog": "dana_poet.orchestration:AlertLog",
    "poet_learn_from_feedback": "dana_poet.runtime.feedback:poet_learn_from_feedback",
    "FeedbackEvent": "dana_poet.runtime.events:FeedbackEvent",
    "dana_events": "dana_poet.runtime.events:dana_events",
    "poet_events": "dana_poet.runtime.events:poet_events",
}
"""Name in a Dana program -> `module:attribute`."""


def load(name: str) -> object:
    """Return the library's `name`. KeyError when there is none.

    >>> load("add_one")(41)
    42
    """
    module, _, attribute = LIBRARY[name].partition(":")
    return getattr(__import__(module, fromlist=(attribute,)), attribute)
