"""What a generator is asked and what it gives: the door between @poet and whatever writes an enhanced function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

from dana_poet.errors import DanaError, DanaTypeError

if TYPE_CHECKING:
    from dana_poet.codegen.original import Original  # noqa: TC004 - a request carries one; reading it takes no class

Example: TypeAlias = "tuple[tuple[Any, ...], dict[str, Any]]"
Origin: TypeAlias = Literal["rules", "model", "person"]
FOR_A_PERSON = frozenset(
    "not_configured unauthorized forbidden not_found redirect unsendable wrong_protocol bad_request no_credit budget "
    "budget_unreadable budget_unwritable source_too_long generator_error".split()
)
"""Reasons of a failed generation that only a person can mend: they are told at once, once."""


class GenerationError(DanaError):
    """A generator could not make a candidate. The original goes on serving.

    `reason` is a stable slug that can be counted and compared, such as "rate_limited" or "two_fences". `usage` is
    what was spent before it failed.

    >>> GenerationError("the model refuses to answer", reason="refused").reason
    'refused'
    """

    code = "D3010"

    def __init__(self, message: str, *, reason: str, hint: str = "", usage: Usage | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason
        self.usage = usage


@dataclass(frozen=True, slots=True)
class Usage:
    """What a generation cost: tokens, calls of the model, wall seconds, and US dollars where a price is known.

    >>> Usage(10, 5, 1, 0.5, None) + Usage(1, 1, 1, 0.5, None)
    Usage(prompt_tokens=11, completion_tokens=6, calls=2, seconds=1.0, cost_usd=None)
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 0
    seconds: float = 0.0
    cost_usd: float | None = None

    def __add__(self, other: Usage) -> Usage:
        cost = None if self.cost_usd is None or other.cost_usd is None else self.cost_usd + other.cost_usd
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.calls + other.calls,
            self.seconds + other.seconds,
            cost,
        )


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One function to enhance, and all that is known about how.

    `examples` are the (args, kwargs) of calls, `counterexamples` say where earlier candidates were wrong, `feedback`
    what people or monitors said, and `parent` is the source of the version in use. All three texts are data.
    """

    original: Original
    domain: str = "base"
    options: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[str, ...] = ()
    feedback: tuple[str, ...] = ()
    parent: str | None = None


def requested(wanted: object) -> GenerationRequest:
    """Return the request to enhance a function, given as a request, a function, its source or an `Original`.

    SourceUnavailableError when the function's source cannot be read.

    >>> requested("def twice(n: int) -> int:\\n    return 2 * n").original.name
    'twice'
    """
    from dana_poet.codegen.original import Original

    if isinstance(wanted, GenerationRequest):
        return wanted
    if isinstance(wanted, Original):
        return GenerationRequest(wanted)
    if isinstance(wanted, str):
        return GenerationRequest(Original.of_source(wanted))
    if not callable(wanted):
        raise DanaTypeError(
            f"request: a GenerationRequest, a function or its source is expected, got {type(wanted).__name__}"
        )
    poet = getattr(wanted, "poet", None)
    options = getattr(poet, "options", None)
    if not isinstance(options, Mapping):
        return GenerationRequest(Original.of(wanted))
    domain = options.get("domain") or "base"
    return GenerationRequest(Original.of(wanted), str(getattr(domain, "name", domain)), options)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Python source that may replace the original once it is verified; `generator` is e.g. "template" or "llm:name"."""

    source: str
    origin: Origin
    generator: str
    notes: str = ""
    prompt_hash: str = ""
    usage: Usage | None = None


@runtime_checkable
class Generator(Protocol):
    """Writes candidates. `name` goes into the version's record."""

    name: str

    def generate(self, request: GenerationRequest) -> Candidate:
        """Return a candidate for `request`; GenerationError, with its reason, for every fault."""
        ...
