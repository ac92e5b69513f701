"""Run programs in this process, guards and all, for the tests of the guards. No limits hold here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dana_sandbox.facades import exports
from dana_sandbox.guards import Refused, RunState, as_module, namespace
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.restricted import compile_program
from dana_sandbox.rules import Rules
from dana_sandbox.verdict import Violation


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a program: its variable `result`, what was refused, what it printed, what it raised."""

    result: Any
    refusals: tuple[Violation, ...] = ()
    output: str = ""
    error: BaseException | None = None

    @property
    def rules(self) -> set[str]:
        """The rules that were broken."""
        return {refusal.rule for refusal in self.refusals}


def rules(modules: frozenset[str] = DEFAULT_MODULES, **more: Any) -> Rules:
    """Return rules that allow every facade."""
    return Rules(modules=modules, exports=exports, numpy="numpy" in modules, **more)


def run(
    source: str,
    given: Mapping[str, object] | None = None,
    *,
    modules: frozenset[str] = DEFAULT_MODULES,
    name: str = "__main__",
) -> Ran:
    """Compile and execute `source`; refusals of the check and of the guards look the same."""
    given = given or {}
    compiled = compile_program(source, rules(modules, inputs=frozenset(given)))
    if compiled.code is None:
        return Ran(None, compiled.violations)
    state = RunState(modules=modules)
    space = namespace(state, given, name=name)
    error: BaseException | None = None
    try:
        with as_module(state):
            exec(compiled.code, space)  # noqa: S102 - that is what is tested
    except Refused:
        pass
    except BaseException as raised:  # noqa: BLE001 - a program may raise anything
        error = raised
    return Ran(space.get("result"), tuple(state.refusals), state.output.text(), error)


def value(source: str, given: Mapping[str, object] | None = None, **more: Any) -> Any:
    """Return `result` of a program that must run through."""
    ran = run(source, given, **more)
    assert not ran.refusals, [str(refusal) for refusal in ran.refusals]
    if ran.error is not None:
        raise ran.error
    return ran.result
