"""Run a generated function where it may run: in a sandbox of its own, restricted in this process, or as any function.

`runner` makes one from a version's source. A call returns the value or raises CandidateError, which tells whether the
function had acted before: whether falling back to the original would do something twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, get_args

from dana_poet.errors import DanaError, PoetOptionError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Mode: TypeAlias = Literal["isolated", "restricted", "trusted"]
Kind: TypeAlias = Literal["rejected", "error", "timeout", "memory", "output", "crashed"]


class CandidateError(DanaError):
    """A generated function gave no value.

    `kind` is how it ended: "rejected" (a rule, or a value that cannot enter or leave the sandbox), "error" (it raised),
    "timeout", "memory", "output" (too much of it), "crashed". `acted` tells whether it had called the original or a
    grant. `exception` is what it raised, as the caller would see it, None for the other kinds; `of_original` tells
    that the original itself raised it.

    >>> CandidateError("timeout", "did not end within 1 s", acted=False).kind
    'timeout'
    """

    code = "D3011"

    def __init__(
        self,
        kind: Kind,
        message: str,
        *,
        acted: bool = False,
        exception: BaseException | None = None,
        of_original: bool = False,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.kind, self.acted = kind, acted
        self.exception, self.of_original = exception, of_original


class Runner(Protocol):
    """Calls one generated function as the original is called: async ones are awaited, generators are iterated."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns. CandidateError when that is nothing."""
        ...

    @property
    def acted(self) -> bool:
        """Whether the last call in this thread or task had called the original or a grant."""
        ...

    def close(self) -> None:
        """End what waits for calls. Calling again starts it again."""
        ...


def runner(
    version_source: str,
    original_fn: Callable[..., Any],
    *,
    name: str,
    mode: Mode = "isolated",
    grants: Mapping[str, Callable[..., Any]] | None = None,
    timeout: float = 5.0,
    memory_mib: int = 256,
    modules: Iterable[str] = (),
) -> Runner:
    """Return what calls the function `name` of `version_source`, which may call `original` and `grants` by their names.

    - "isolated": a warm process of `dana_sandbox`, with `timeout` seconds and `memory_mib` MiB for a call. Plain data
      crosses as copies, changes of arguments are brought back; any other argument is CandidateError before anything
      ran. Async functions run as plain code in a thread, what they await on the caller's loop; generators run to
      their end before the first item is handed out. `modules` are modules beside the sandbox's usual ones.
    - "restricted": in this process, compiled under the same rules. Neither time nor memory is limited: a thread cannot
      be ended. For versions that have proven themselves. Async functions and generators as above.
    - "trusted": in this process without rules, with the names of the original's module. For versions that a person
      has read and pinned.

    Nothing is compiled or started before the first call. PoetOptionError for a mode or a limit that makes no sense.

    >>> def twice(n: int) -> int:
    ...     return 2 * n
    >>> with_original = runner("def twice(n: int) -> int:\\n    return original(n)", twice, name="twice", mode="trusted")
    >>> with_original(4), with_original.acted
    (8, True)
    """
    if mode not in get_args(Mode):
        raise PoetOptionError(f"run is one of {', '.join(get_args(Mode))}, got {mode!r}")
    _check_limits(timeout, memory_mib)
    functions = {**(grants or {}), "original": original_fn}
    if mode == "isolated":
        from dana_poet.codegen.runner_isolated import Limits, isolated

        return isolated(version_source, name, functions, Limits(timeout, memory_mib, frozenset(modules)))
    from dana_poet.codegen import runner_inside

    make = runner_inside.restricted if mode == "restricted" else runner_inside.trusted
    return make(version_source, name, functions)


def _check_limits(timeout: Any, memory_mib: Any) -> None:
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not 0 < timeout < float("inf"):
        raise PoetOptionError(f"timeout takes seconds above 0, got {timeout!r:.80}")
    if isinstance(memory_mib, bool) or not isinstance(memory_mib, int) or memory_mib < 1:
        raise PoetOptionError(f"memory_mib takes a whole number of MiB, got {memory_mib!r:.80}")
