"""The door: `verify` takes a candidate through all gates, the cheapest first, and stops at the first that refuses it."""

from __future__ import annotations

import inspect
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.cases import Case
from dana_poet.codegen.verification.clocks import check_clocks
from dana_poet.codegen.verification.contract import Contract, Example
from dana_poet.codegen.verification.doubles import is_plain
from dana_poet.codegen.verification.experiment import Experiment
from dana_poet.codegen.verification.fence import code_of
from dana_poet.codegen.verification.fitting import misfit
from dana_poet.codegen.verification.lasting import check_module, check_state
from dana_poet.codegen.verification.live import LiveExamples
from dana_poet.codegen.verification.outsides import outside_of_subject, plainly, with_stand_ins
from dana_poet.codegen.verification.powers import compare_powers
from dana_poet.codegen.verification.reading import Candidate, Subject, parsed, read_candidate, read_original
from dana_poet.codegen.verification.refusal import Refused
from dana_poet.codegen.verification.report import Gate, Verification
from dana_poet.codegen.verification.signature import compare_signatures
from dana_poet.errors import DanaTypeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_DEFAULT = Contract()


def verify(
    original: Any,
    candidate_source: str,
    *,
    examples: Iterable[Example] = (),
    contract: Contract = _DEFAULT,
    domain: str = "base",
    seed: int = 0,
) -> Verification:
    """Return whether a candidate may stand for its original: one gate for each step, the last one says why not.

    `original` is a function, its source or an `Original`; `candidate_source` code, or an answer with one fence of code.
    `examples` are `(args, kwargs)` pairs; arguments may be objects such as a client, see docs/verification.md. The
    candidate runs in the sandbox only. The same `seed` tries the same inputs. It never raises for a candidate, whatever
    that is; it raises for a wrong argument of the caller's: DanaTypeError, SourceUnavailableError, PoetOptionError.

    >>> verify("def twice(n: int) -> int:\\n    return 2 * n", "def twice(n: int) -> int:\\n    return n + n").accepted
    True
    """
    subject = read_original(original)
    given = _examples(original, examples)
    _check_fit(subject, given)
    trial = Trial(subject, given, contract.with_domain(domain), seed)
    return trial.of(candidate_source)


def _examples(original: object, examples: Iterable[Example]) -> list[Example]:
    """Return the examples; those of a method of an object need not name the object."""
    owner = original.__self__ if inspect.ismethod(original) else None
    found: list[Example] = []
    for one in list[Any](examples):
        pair = isinstance(one, (tuple, list)) and len(one) == 2
        if not pair or not isinstance(one[0], (tuple, list)) or not isinstance(one[1], Mapping):
            raise DanaTypeError(f"an example must be (args, kwargs), got {one!r:.80}", hint="write ((1, 2), {})")
        args = tuple(one[0])
        if owner is not None and not (args and isinstance(args[0], type(owner))):
            args = (owner, *args)
        found.append((args, dict(one[1])))
    return found


def _check_fit(subject: Subject, examples: list[Example]) -> None:
    for number, (args, kwargs) in enumerate(examples, 1):
        if problem := misfit(subject.tree, number, args, kwargs):
            hint = f"it is {subject.original.name}{subject.original.signature}"
            raise DanaTypeError(problem, hint=hint)


class Trial:
    """One verification on its way: what has been passed, and what came of it."""

    def __init__(self, subject: Subject, examples: list[Example], contract: Contract, seed: int) -> None:
        self.subject, self.contract, self.seed = subject, contract, seed
        self.examples = examples
        self.gates: list[Gate] = []
        self.source, self.cases = "", 0

    def of(self, answer: object) -> Verification:
        """Take a candidate through the gates."""
        begun = time.monotonic()
        accepted = False
        try:
            self._gates(answer)
            accepted = True
        except Refused:
            pass
        except (Exception, RecursionError) as error:  # noqa: BLE001 - an error of ours is no reason to accept
            self._note(
                "verify", "failed", f"the check could not be made: {type(error).__name__}: {error}"[:500], None, begun
            )
        seconds = time.monotonic() - begun
        return Verification(accepted, tuple(self.gates), seconds, self.source, self.cases)

    def _gate(self, name: str, step: Callable[[], Any]) -> Any:
        """Take one step. What it returns as text is the gate's note; an error of ours refuses, and says so."""
        begun = time.monotonic()
        try:
            found = step()
        except Refused as no:
            self._note(name, "failed", no.reason, no.counterexample, begun)
            raise
        except (RecursionError, MemoryError) as error:
            reason = f"the code is nested too deep to be checked ({type(error).__name__})"
            self._note(name, "failed", reason, None, begun)
            raise Refused(reason) from error
        except Exception as error:
            reason = f"the check could not be made: {type(error).__name__}: {error}"
            self._note(name, "failed", reason[:500], None, begun)
            raise Refused(reason) from error
        self._note(name, "passed", found if isinstance(found, str) else "", None, begun)
        return found

    def _note(self, name: str, verdict: Any, reason: str, shown: str | None, begun: float) -> None:
        reason = plainly(reason) or ""
        self.gates.append(Gate(name, verdict, reason, plainly(shown), time.monotonic() - begun))

    def _skip(self, name: str, reason: str) -> None:
        self.gates.append(Gate(name, "skipped", reason))

    def _gates(self, answer: object) -> None:
        candidate = self._static(answer)
        outside = outside_of_subject(self.subject)
        if outside.roots:
            parts = with_stand_ins(self.subject, candidate, self.examples, outside, self.seed)
            self.subject, candidate, self.examples = parts
        live = [one for one in self.examples if not is_plain((one[0], dict(one[1])))]
        plain = [Case(args, dict(kwargs)) for args, kwargs in self.examples if is_plain((args, dict(kwargs)))]
        tried = self._live(candidate, live) if live else 0
        if plain or not live:
            tried += self._differential(candidate, plain)
        if not tried:
            self._gate("evidence", _nothing_tried)

    def _static(self, answer: object) -> Candidate:
        """Take the gates that only read."""
        subject, contract = self.subject, self.contract
        self.source = self._gate("extract", lambda: code_of(answer))
        self.gates[-1] = Gate("extract", "passed", "", None, self.gates[-1].seconds)
        module = self._gate("parse", lambda: parsed(self.source))
        read: list[Candidate] = []

        def signature() -> None:
            read.append(read_candidate(self.source, module, subject.tree.name))
            compare_signatures(subject.tree, read[0].tree, subject.names)

        self._gate("signature", signature)
        candidate = read[0]

        def state() -> None:
            check_module(subject, candidate)
            check_state(subject, candidate)

        self._gate("state", state)

        def capabilities() -> None:
            compare_powers(subject, candidate, contract)
            check_clocks(subject, candidate, contract)

        self._gate("capabilities", capabilities)
        return candidate

    def _differential(self, candidate: Candidate, examples: list[Case]) -> int:
        """Take the gates that run both sides in the sandbox. Returns how many inputs were tried."""
        experiment = Experiment(self.subject, candidate, self.contract, self.seed, examples)
        try:
            self._gate("load", lambda: _load(experiment))
            begun = time.monotonic()
            problem = experiment.ask_original()
            if problem or not experiment.cases:
                self._note(
                    "differential", "skipped", f"the original cannot run in the sandbox: {problem}"[:300], None, begun
                )
                return 0
            if examples:
                self._gate("examples", experiment.compare_examples)
            self._gate("differential", lambda: _compared(experiment))
            self.cases = len(experiment.cases)
            self._gate("repeats", experiment.check_repeats)
            if self.contract.checks or self.contract.metric:
                self._gate("checks", experiment.check_with_users)
            self._gate("benchmark", experiment.race)
            return self.cases
        finally:
            experiment.close()

    def _live(self, candidate: Candidate, examples: list[Example]) -> int:
        """Take the gate of examples with objects of the host's. Returns how many runs it took."""
        experiment = Experiment(self.subject, candidate, self.contract, self.seed, [])
        scenes = LiveExamples(experiment)
        self._gate("load", lambda: _load(experiment))
        experiment.close()
        self._gate("examples", lambda: scenes.compare(examples))
        return scenes.tried


def _load(experiment: Experiment) -> None:
    problem = experiment.lab.problem()
    if problem:
        raise Refused(f"the sandbox refuses it: {problem}")


def _compared(experiment: Experiment) -> str:
    experiment.compare()
    return f"{len(experiment.cases)} inputs"


def _nothing_tried() -> None:
    raise Refused("nothing of it could be tried: give examples, with doubles for what it reaches out to")
