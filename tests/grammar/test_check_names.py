"""The names that the check pass takes for given are those that the runtime gives."""

from __future__ import annotations

from dana_grammar.check.known_names import BUILTIN_NAMES, FALSE_WORDS, REFUSED, SUBJECT_FIELDS, TRUE_WORDS
from dana_poet.runtime import agent_methods, truth
from dana_poet.runtime.builtins import public_names


def test_what_check_knows_is_what_programs_get() -> None:
    """A name too few is a false alarm in every program that uses it; one too many fails only when it runs."""
    assert BUILTIN_NAMES - {"__name__"} == public_names()


def test_no_name_is_both_known_and_refused() -> None:
    """`check` says either that it exists or what to use instead."""
    assert BUILTIN_NAMES & REFUSED.keys() == set()


def test_text_means_the_same_truth_before_and_while_it_runs() -> None:
    """The language may not import the runtime, so the words stand in both."""
    assert (FALSE_WORDS, TRUE_WORDS) == (truth.FALSE_WORDS, truth.TRUE_WORDS)


def test_agents_have_the_methods_that_check_knows() -> None:
    """A built-in method that `check` does not know is a false alarm for every agent."""
    methods = {
        name for kind in vars(agent_methods).values() if isinstance(kind, type) for name in vars(kind) if name[0] != "_"
    }
    assert {"plan", "solve", "remember"} <= methods & SUBJECT_FIELDS["agent"]
    assert SUBJECT_FIELDS["agent"] - methods == {"name", "description", "state", "id"}
