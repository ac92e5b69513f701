"""What happens between the calls of one function: versions are generated, verified, tried, promoted and taken back.

`Lifecycle` sits behind `fn.poet`. Nothing of it raises at a call: what goes wrong is one PoetWarning, `problem` says it,
and the original serves.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.following import follow
from dana_poet.codegen.generator import FOR_A_PERSON, GenerationError, GenerationRequest
from dana_poet.codegen.lifecycle_settings import Settings, settings_of
from dana_poet.codegen.rules_version import keep_rules
from dana_poet.codegen.telling import Teller
from dana_poet.codegen.versions import QuarantinedError, VersionStore
from dana_poet.codegen.wanted import wanted
from dana_poet.errors import DanaError, StateError, working_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from dana_poet.codegen.generation import Generation, Made
    from dana_poet.codegen.generator import Candidate
    from dana_poet.codegen.original import Original
    from dana_poet.codegen.serving import Serving
    from dana_poet.codegen.versions import History, Version

MOST_GENERATED = 3
"""Versions that are generated for one source of a function without a person or feedback asking for another."""

_live: weakref.WeakValueDictionary[str, Lifecycle] = weakref.WeakValueDictionary()


def wraps(version: Version) -> bool:
    """Whether a version is the rule-based enhancement: the stages around a call of the original."""
    return version.origin == "rules" and not version.generator.startswith("prompts:")


def live(name: str) -> Lifecycle | None:
    """Return the lifecycle of a function of this process by its name, `module.qualname`."""
    return _live.get(name)


class Lifecycle:
    """The versions of one function and who serves it. `implement` is told what a call shall run.

    `rules` is the rule-based enhancement, which is stored as a version; `options` are those of `@poet`. `unkept` says why
    nothing can be stored, where that is known: what is stored serves, and nobody is paid for what would be lost.
    """

    def __init__(
        self, original: Original, function: Callable[..., Any], *, folder: str, options: Mapping[str, Any],
        implement: Callable[[Callable[..., Any]], None], rules: Candidate | None = None, name: str = "",
        unkept: str = "",
    ) -> None:  # fmt: skip
        self.original, self.function, self.folder = original, function, folder
        self.options, self.rules, self._implement = options, rules, implement
        self.name = name or f"{original.module}.{original.qualname}".lstrip(".")
        self.settings: Settings = settings_of(options, folder)
        self.history: History = VersionStore(folder).open(original)
        self.problem = self._unkept = unkept
        self.failures: list[GenerationError] = []
        self.serving: Serving | None = None
        self.inside: Callable[[Lifecycle, Version], Any] = lambda _lifecycle, _version: None
        self._claims = os.path.join(folder, "cache")
        self._feedback: tuple[str, ...] = ()
        self._lock = threading.RLock()
        self._stamp = self.history.stamp()
        self._teller = Teller(self.name, function, folder)
        self.waits = False
        self._unstored: list[Made] = []
        _live[self.name] = self

    def __repr__(self) -> str:
        return f"Lifecycle({self.name!r}: {self.describe()})"

    @property
    def versions(self) -> tuple[Version, ...]:
        """The stored versions, oldest first; empty when they cannot be read."""
        try:
            return self.history.versions
        except StateError as error:
            self._say(error.message)
            return ()

    @property
    def number(self) -> int | None:
        """The version that serves where none is on trial, None for the plain original."""
        current = self.history.current()
        return current.number if current is not None else None

    def describe(self) -> str:
        """Return in one line what serves, and why no other version does."""
        if self.serving is not None:
            said = str(self.serving.promotion)
        else:
            said = f"version {self.number} serves" if self.number is not None else "the original serves"
            waiting = [one.number for one in self.versions if one.state == "verified" and not self._tried(one)]
            said += f", version {waiting[-1]} waits for a person" if waiting else ""
        why = self.problem or (self.failures[-1].message if self.failures else "")
        return f"{said}; {why}" if why else said

    # Beginning.

    def start(self) -> None:
        """Let what is stored serve; store the rule-based version; begin a generation where one is asked for."""
        with self._lock:
            try:
                self._seat()
                if self._unkept or (self.history.problem and self.history.stale is None):
                    return
                keep_rules(self.history, self.rules)
                asked = wanted(self.name, self.folder) if self.settings.generator is not None else []
                if asked or (self.settings.automatic and self._room()):
                    self.generate(asked)
            except (DanaError, OSError) as error:
                self._failed(error)

    def kept_again(self, *, ending: bool = False) -> None:
        """Store what could not be, and begin anew where nothing was made; not when the process is `ending`."""
        with self._lock:
            self._unkept = self.problem = ""
            self.waits = False
            unstored, self._unstored = self._unstored, []
            for one in unstored:
                self._keep(one, serve=not ending)
            if not ending and self.serving is None and not any(job.tried for job, *_ in unstored):
                self.start()

    def _seat(self) -> None:
        """Let the version serve that is chosen, else the original."""
        version = self._choice()
        if version is not None:
            self._serve(version)
        else:
            self._serve_original()

    def _choice(self) -> Version | None:
        """Return who serves: the version that a person pinned, the active one, one on trial; None for the original."""
        current, stale = self.history.current(), self.history.stale
        if self.history.problem and (stale is None or stale.origin != "rules"):
            self._say(self.history.problem)
        if current is not None and not wraps(current):
            return current
        readable = not self.history.problem or stale is not None
        challenger = self.history.challenger() if readable and self.history.pinned is None else None
        tried = challenger is not None and not wraps(challenger) and self._tried(challenger)
        return challenger if tried else None

    def _tried(self, version: Version) -> bool:
        """Whether a version is tried by itself; with `promotion="manual"` a person says so."""
        return self.settings.promotion != "manual" or version.state != "verified"

    def _serve_original(self) -> None:
        if self.serving is not None:
            self.serving.close()
        self.serving = None
        self._implement(self.function)

    def _serve(self, version: Version) -> None:
        from dana_poet.codegen.promotion import Promotion
        from dana_poet.codegen.runner import runner
        from dana_poet.codegen.serving import Held, remembered
        from dana_poet.codegen.serving_async import SERVINGS

        if self.serving is not None:
            self.serving.close()
        if version.state == "verified" and not version.pinned and self.settings.promotion == "verified":
            version = self.history.move(version, "active", "verified, and no trial was asked for")
        made = self.inside(self, version) or runner(
            version.source(), remembered(self.function), name=self.original.name, mode=self.settings.mode(version),
            grants=self.settings.grants, timeout=self.settings.call_seconds, memory_mib=self.settings.memory_mib,
            modules=self.settings.modules,
        )  # fmt: skip
        pure = self.original.body == "pure"
        promotion: Any = (
            Held(version) if version.pinned else Promotion(self.history, version, self.settings.plan, pure=pure)
        )
        self.serving = SERVINGS[self.original.kind](
            self.function, made, promotion, body=self.original.body, value=self.settings.metric,
            gain=self.settings.gain, changed=self._changed, terms=self.settings.terms(), say=self._note,
        )  # fmt: skip
        if self.settings.judged and not version.pinned:
            self.serving.await_verdicts()
        if version.state == "verified" and not version.pinned:
            promotion.begin()
            if promotion.fault is not None:
                self._failed(promotion.fault)
            elif promotion.problem:
                self._say(promotion.problem)
        self._implement(self.serving)

    def _changed(self) -> None:
        """Look again at who serves: a version is out, or became active."""
        with self._lock:
            try:
                self._look_again()
            except (DanaError, OSError) as problem:
                self._failed(problem)
                self._serve_original()

    def _look_again(self) -> None:
        promotion = self.serving.promotion if self.serving is not None else None
        if promotion is None:
            return
        if promotion.over:
            self._seat()
            if self.settings.automatic and self._room():
                self.generate()
        elif promotion.stage == "active" and self.settings.run == "restricted":
            self._seat()

    # Generating.

    def _room(self) -> bool:
        """Whether a generation may begin by itself: no version is on its way, and not too many were made for nothing."""
        if self.serving is not None or self._unkept or self._unstored:
            return False
        try:
            known = self.history.versions
        except StateError:
            return False  # what is generated could not be kept
        ours = [one for one in known if one.origin == "model" and one.source_hash == self.history.source_hash]
        over = sum(one.state in ("draft", "retired", "quarantined") for one in ours)
        return over == len(ours) and over < MOST_GENERATED

    def generate(self, feedback: Iterable[str] = (), *, wait: float | None = None) -> str:
        """Begin a generation while the original serves; return "started", "running", "busy" or "off".

        `feedback` are texts that go into the prompt as data. With `wait` return when it has ended, after so many
        seconds at most; `failures` then has why none came of it.
        """
        from dana_poet.codegen.llm_generator_background import generate_in_background

        generator = self.settings.generator
        if generator is None:
            return "off"
        self._feedback = (*self._feedback, *feedback)[-50:]
        job = self._job(generator)
        token = working_for.set(self.function)
        try:
            begun = generate_in_background(
                job,
                self._request(),
                lambda made, error: self._done(job, made, error),
                key=self.name,
                folder=self._claims,
            )
        finally:
            working_for.reset(token)
        if wait is not None:
            self.wait(wait)
        return begun

    def wait(self, seconds: float) -> bool:
        """Wait until no generation of this process is under way; return whether that came true."""
        from dana_poet.codegen.llm_generator_background import wait_for_background

        end = time.monotonic() + seconds
        done = wait_for_background(seconds)
        return done and (self.serving is None or self.serving.idle(max(0.0, end - time.monotonic())))

    def _job(self, generator: Any) -> Generation:
        from dana_poet.codegen.generation import Generation

        return Generation(
            generator, self.function if self.settings.by_function else self.original, refuses=self._refuses,
            examples=self.settings.examples, contract=self.settings.contract, repairs=self.settings.repairs,
            private=self.settings.private,
        )  # fmt: skip

    def _refuses(self, source: str) -> str:
        try:
            return self.history.refuses(source)
        except StateError:
            return ""

    def _request(self) -> GenerationRequest:
        current = self.history.current()
        try:
            counterexamples = self.history.counterexamples()
        except StateError:
            counterexamples = ()
        return GenerationRequest(
            self.original, self.settings.domain, self.settings.told,
            () if self.settings.private else self.settings.examples, counterexamples,
            self._feedback, current.source() if current is not None and current.origin != "rules" else None,
        )  # fmt: skip

    def _done(self, job: Generation, candidate: Candidate | None, error: GenerationError | None) -> None:
        """Keep what came of a generation, refused candidates with their evidence too, and let a good one be tried."""
        with self._lock:
            if error is not None and error.reason == "claimed":
                follow(weakref.ref(self), self.name, self._claims)
            elif error is not None:
                self.failures.append(error)
            self._keep((job, candidate, error))

    def _keep(self, made: Made, *, serve: bool = True) -> None:
        try:
            accepted = self._store(*made)
            if serve and accepted is not None and self._tried(accepted):
                self._serve(accepted)
        except (DanaError, OSError) as problem:
            self._failed(problem, "what was generated cannot be kept: ")
            if self.waits:
                self._unstored.append(made)

    def _store(self, job: Generation, candidate: Candidate | None, error: GenerationError | None) -> Version | None:
        """Store what came of a generation; return the version that may be tried."""
        accepted: Version | None = None
        for one in job.tried:
            if one.verification.gates and one.verification.gates[-1].name == "history":
                continue
            try:
                version = self.history.add(one.candidate, one.verification)
            except QuarantinedError:  # stored before the folder could not be written, or by another process
                continue
            accepted = version if one.verification.accepted else accepted
        if error is not None and error.reason not in ("claimed", "unverified"):
            told = {"reason": error.reason, "hint": error.hint, "usage": error.usage}
            self.history.note("generation failed", f"{error.reason}: {error.message}", told)
            if error.reason in FOR_A_PERSON:
                self._say(f"no version was generated: {error.message}" + (f" ({error.hint})" if error.hint else ""))
        if candidate is None or accepted is None or self.history.pinned is not None:
            return None
        return self.history.version(accepted.number)

    def regenerate(self, reasons: Iterable[str]) -> str:
        """Begin a generation that feedback asks for; see `generate`."""
        return self.generate(reasons)

    def take(self, candidate: Candidate, reason: str) -> Version:
        """Store a candidate that was proven to do nothing else, such as one with another prompt, and try it.

        StateError when it cannot be stored, or was taken back before.
        """
        with self._lock:
            version = self.history.add(candidate, None)
            if version.state == "draft":
                version = self.history.move(version, "verified", reason)
            if version.state == "verified" and self.history.pinned is None:
                self._serve(version)
            return version

    # By hand.

    def refresh(self) -> None:
        """Look again at what is stored: another process or a person may have changed it."""
        with self._lock:
            try:
                self._seat()
            except (DanaError, OSError) as problem:
                self._failed(problem)
                self._serve_original()

    def look(self) -> bool:
        """Do the same if who serves is chosen otherwise by now; return whether it is. Costs a `stat` while nothing is new."""
        stamp = self.history.stamp()
        if stamp == self._stamp or not self._lock.acquire(blocking=False):
            return False
        try:
            self._stamp = stamp
            chosen = self._choice()
            serving = self.serving
            now = (serving.number, serving.pinned) if serving is not None else None
            if now == ((chosen.number, chosen.pinned) if chosen is not None else None):
                return False
            self.refresh()
        except (DanaError, OSError) as problem:
            self._failed(problem)
        finally:
            self._lock.release()
        return True

    def close(self) -> None:
        """Keep what a trial has seen, and end the processes that wait for calls; the next call starts them again."""
        if self.serving is not None:
            self.serving.close()

    def _note(self, problem: str) -> None:
        """Tell what a person has to know, and what changes nothing about who serves."""
        self._say(problem, "")

    def _say(self, problem: str, then: str = "; the original serves") -> None:
        self.problem = problem
        self._teller.say(problem, then, unkept=self._unkept)

    def _failed(self, error: BaseException, before: str = "") -> None:
        """Tell of an error; `waits` if it is the folder that cannot be written, for then there is something to do again."""
        if self._teller.refused(error):
            self.problem, self.waits = f"{before}{error}", True
        else:
            self._say(f"{before}{error}")
