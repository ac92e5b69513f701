"""The check beside the compiler and the guards: they agree, and what a pattern reads has passed one of them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from dana_sandbox.facades import exports
from dana_sandbox.guards import RunState, namespace
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.python_check import Rules
from dana_sandbox.restricted import compile_program
from tests.sandbox.programs import programs

RULES = Rules(modules=DEFAULT_MODULES, exports=exports)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(programs)
def test_what_the_check_accepts_the_compiler_accepts(source: str) -> None:
    """A refusal by the compiler alone would have no hint; only Python's own grammar may still object."""
    compiled = compile_program(source, RULES)
    if compiled.code is None:
        assert all(violation.hint or violation.rule == "syntax" for violation in compiled.violations)


# Each gives `case P(x)` a class whose tuple of names is not in the source, and makes a foreign object its instance.
PATTERN_DOORS = {
    "namedtuple": """
from abc import ABC
from collections import namedtuple
class P(namedtuple("B", "gi_frame"), ABC): pass
g = (i for i in [1])
P.register(type(g))
match g:
    case P(x): result = x
""",
    "NamedTuple": """
from typing import NamedTuple
from collections.abc import Sized
class P(NamedTuple("B", [("gi_code", object)]), Sized): pass
g = (i for i in [1])
getattr(P, "regi" + "ster")(type(g))
match g:
    case P(x): result = x
""",
    "dataclass": """
from dataclasses import dataclass
from collections.abc import Sized
@dataclass
class P(Sized):
    _numerator: int
    def __len__(self): return 1
from fractions import Fraction
P.register(Fraction)
match Fraction(7, 2):
    case P(x): result = x
""",
    "protocol": """
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from fractions import Fraction
@dataclass
@runtime_checkable
class P(Protocol):
    _numerator: int
match Fraction(7, 2):
    case P(x): result = x
""",
}


@pytest.mark.parametrize("source", PATTERN_DOORS.values(), ids=PATTERN_DOORS.keys())
def test_a_pattern_reads_nothing_that_a_guard_would_refuse(source: str) -> None:
    """Patterns read attributes with no guard between; what they may name must come from the program's own objects."""
    compiled = compile_program(source, RULES)
    if compiled.code is None:
        return
    state = RunState()
    space: dict[str, Any] = namespace(state, {}, name="sandboxed")
    try:
        exec(compiled.code, space)  # noqa: S102 - the point of the sandbox
    except BaseException as error:  # noqa: BLE001 - a refusal is a BaseException
        # Either end is good: a refusal, or a pattern that finds no names to read.
        assert state.refusals or isinstance(error, TypeError), error  # noqa: PT017
    assert "result" not in space
