"""One generation from question to verdict: ask a generator, verify, ask for a repair with the counterexample."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from dana_poet.codegen.generator import GenerationError, Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.codegen.generator import Candidate, Example, GenerationRequest, Generator
    from dana_poet.codegen.verification.contract import Contract
    from dana_poet.codegen.verification.report import Verification


SHOWING = frozenset({"examples", "differential", "repeats", "checks"})
"""Gates whose reasons may show values of examples."""


class Tried(NamedTuple):
    """A candidate with what its verification found."""

    candidate: Candidate
    verification: Verification


Made: TypeAlias = "tuple[Generation, Candidate | None, GenerationError | None]"
"""What came of a generation."""


class Generation:
    """Asks `generator` and verifies what it gives; itself a generator, whose candidates have passed every gate.

    `refuses(source)` says why a text may not be used again, the empty text when it may. `repairs` is how often the
    generator is told a counterexample and asked anew, where it can be: it has a method `repair`. With `private` no value
    of an example leaves verification, neither for the generator nor for what is stored.
    """

    def __init__(
        self, generator: Generator, original: Any, *, refuses: Callable[[str], str], examples: tuple[Example, ...] = (),
        contract: Contract | None = None, repairs: int = 1, seed: int = 0, private: bool = False,
    ) -> None:  # fmt: skip
        self.generator, self.original, self.refuses = generator, original, refuses
        self.examples, self.contract, self.repairs, self.seed = examples, contract, repairs, seed
        self.private = private and bool(examples)
        self.name = generator.name
        self.tried: list[Tried] = []

    @property
    def usage(self) -> Usage:
        """What all candidates cost together."""
        total = Usage(cost_usd=0.0)
        for one in self.tried:
            total += one.candidate.usage or Usage(cost_usd=0.0)
        return total

    def generate(self, request: GenerationRequest) -> Candidate:
        """Return a verified candidate. GenerationError with its reason: that of the generator, or "unverified"."""
        candidate = _checked(self.generator.generate(request))
        for turn in range(self.repairs + 1):
            verification = self._verified(request, candidate)
            if verification.accepted:
                return candidate
            self._reject(candidate, verification.reason)
            repair = getattr(self.generator, "repair", None)
            if turn == self.repairs or repair is None:
                break
            candidate = _checked(repair(request, candidate, verification.reason))
        raise GenerationError(f"refused: {self.tried[-1].verification.reason}", reason="unverified", usage=self.usage)

    def _verified(self, request: GenerationRequest, candidate: Candidate) -> Verification:
        from dana_poet.codegen.verification.contract import Contract
        from dana_poet.codegen.verification.door import verify
        from dana_poet.codegen.verification.report import Gate, Verification

        if why := self.refuses(candidate.source):
            found = Verification(accepted=False, gates=(Gate("history", "failed", why),))
        else:
            found = verify(
                self.original, candidate.source, examples=self.examples, contract=self.contract or Contract(),
                domain=request.domain, seed=self.seed,
            )  # fmt: skip
        if self.private:
            found = without_values(found)
        self.tried.append(Tried(candidate, found))
        return found

    def _reject(self, candidate: Candidate, reason: str) -> None:
        reject = getattr(self.generator, "reject", None)
        if reject is not None:
            reject(candidate, reason)


def _checked(given: Any) -> Candidate:
    """Return what a generator gave. GenerationError when that is no candidate."""
    from dana_poet.codegen.generator import Candidate

    if isinstance(given, Candidate) and isinstance(given.source, str):
        return given
    what = f"a source of type {type(given.source).__name__}" if isinstance(given, Candidate) else f"{given!r:.60}"
    raise GenerationError(
        f"the generator gave {what}", reason="generator_error", hint="it returns a Candidate, whose source is a text"
    )


def without_values(found: Verification) -> Verification:
    """Return what verification found without the inputs and results that show it: they may be of the user's examples.

    >>> from dana_poet.codegen import Gate, Verification
    >>> gate = Gate("examples", "failed", "it returns 'Ann', the original 'Bob'", "f('Ann Bob')")
    >>> told = without_values(Verification(accepted=False, gates=(gate,))).gates[0]
    >>> told.reason, told.counterexample
    ('differs from the original', None)
    """
    gates = tuple(
        replace(gate, reason="differs from the original", counterexample=None)
        if gate.counterexample or (gate.verdict == "failed" and gate.name in SHOWING)
        else gate
        for gate in found.gates
    )
    return replace(found, gates=gates)
