"""`use("python")`: run Python code that nobody has read, in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dana_poet.errors import DanaError, DanaImportError, DanaTypeError, DanaValueError, LimitError, PolicyError
from dana_poet.runtime.resources.base import ShippedResource, field, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.runtime.fields import FieldTable
    from dana_sandbox import RunOutcome, SandboxPolicy

LIMITS = {"timeout": "D4002", "memory": "D4003", "output": "D4004", "crashed": "D4005"}


class PythonResource(ShippedResource):
    """Runs code in a process of its own, without files, network or imports beyond the sandbox's list.

    `timeout` is in seconds of wall time, `memory` in MiB; both are limits of one run.
    """

    __slots__ = ("_run",)
    __dana_table__: ClassVar[FieldTable] = fields_of(
        "python", "python", field("timeout", float, 10.0), field("memory", int, 256)
    )
    __dana_type_text__ = "Resource[python]"

    timeout: float
    memory: int
    _run: Callable[..., RunOutcome]

    def run(self, code: str, **inputs: Any) -> RunOutcome:
        """Run code with `inputs` as its variables and return what came of it, whatever that is.

        `.status` is `ok`, `rejected`, `error`, `timeout`, `memory`, `output` or `crashed`; `.value` what the code left
        in its variable `result`, `.output` what it printed, `.violations` what the sandbox refused, `.error` what the
        code raised. Inputs are plain data; structs become dicts.
        """
        self._running()
        return self._run(str(code), _plain(inputs), policy=self._limits())

    def execute_code(self, code: str, timeout: float | None = None) -> str:
        """Run code and return what it printed, or the text of its `result` when it printed nothing.

        PolicyError for what the sandbox refuses, LimitError for a run that it ended, DanaError for what the code raised.
        """
        self._running()
        outcome = self._run(str(code), {}, policy=self._limits(timeout))
        if not outcome.ok:
            raise _failure(outcome)
        return outcome.output.removesuffix("\n") or ("" if outcome.value is None else str(outcome.value))

    def query(self, request: Any = None, **options: Any) -> Any:
        """Run the request as code."""
        return self.run(str(request), **options)

    def _limits(self, timeout: float | None = None) -> SandboxPolicy:
        from dana_sandbox.policy import PolicyError as BadLimit
        from dana_sandbox.policy import SandboxPolicy

        try:
            return SandboxPolicy(wall_seconds=self.timeout if timeout is None else timeout, memory_mib=self.memory)
        except BadLimit as error:
            raise DanaValueError(f"{self._title()} has a limit that makes no sense: {error}") from None

    def _open(self) -> None:
        try:
            from dana_sandbox.run import run_untrusted
        except ImportError as error:
            raise DanaImportError(
                "the python resource runs code in the sandbox, which this installation does not have",
                hint="write the code in Dana, or import a Python module that you trust",
            ) from error
        self._run = run_untrusted


def _plain(inputs: dict[str, Any]) -> dict[str, Any]:
    from dana_poet.runtime.plain_data import Stays, plain

    try:
        return {name: plain(value, name) for name, value in inputs.items()}
    except Stays as stays:
        raise DanaTypeError(
            f"{stays.where} is {stays.kind} and cannot enter the sandbox", hint="give text, numbers, lists and dicts"
        ) from None


def _failure(outcome: RunOutcome) -> DanaError:
    """Return the error for a run that did not end well."""
    if outcome.status == "rejected":
        return PolicyError(
            "the sandbox refuses this code: " + "; ".join(map(str, outcome.violations[:5])),
            hint="change what it names, and nothing else",
        )
    if outcome.status in LIMITS:
        return LimitError(f"the code was ended: {outcome.error or outcome.status}", code=LIMITS[outcome.status])
    return DanaError(f"the code failed: {outcome.error}")
