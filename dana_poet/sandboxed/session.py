"""The host's side: a program in a hardened process, asked through `Box`, and the verbs of the Python door over it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Self

from dana_poet.errors import DanaTypeError, LimitError, PolicyError
from dana_poet.runtime.execute import RunResult, read_text
from dana_poet.sandboxed.answers import BadAnswer, Reader, take, text, texts
from dana_poet.sandboxed.door import INSIDE, ModelDoor, ModuleFiles, Printer
from dana_poet.sandboxed.limits import limit_error, limits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_grammar.errors import Diagnostic
    from dana_poet.llm import LanguageModel
    from dana_poet.runtime.policy import Policy
    from dana_sandbox.outcome import RunOutcome

SERVE = "dana_poet.sandboxed.worker:serve"
PACKAGES = ("dana_poet", "dana_grammar", "tenacity")


class Stays:
    """A value that stays in the sandbox: a function, an agent, anything that is no plain data. Shown as its text."""

    __slots__ = ("kind", "shown", "where")

    def __init__(self, where: str, kind: str, shown: str) -> None:
        self.where, self.kind, self.shown = where, kind, shown

    def __repr__(self) -> str:
        return self.shown


class Answer:
    """What one request came to: value, error, unseen failures of promises, events, seconds."""

    __slots__ = ("error", "events", "seconds", "unseen", "value")

    def __init__(self, reader: Reader, data: object) -> None:
        self.value = take(data, "value", object)
        if (stays := take(data, "stays", (list, type(None)))) is not None:
            where, kind, shown = texts({"stays": stays}, "stays")
            self.value = Stays(where, kind, shown)
        error = take(data, "error", (dict, type(None)))
        self.error = reader.error(error) if error is not None else None
        self.unseen = [_unseen(reader, one) for one in take(data, "unseen", list)[:100]]
        self.events = tuple(map(reader.event, take(data, "events", list)))
        self.seconds = float(take(data, "seconds", float))


def _unseen(reader: Reader, data: object) -> tuple[str, BaseException]:
    match data:
        case [str() as label, dict() as error]:
            return text({"label": label}, "label"), reader.error(error)
        case _:
            raise BadAnswer("unseen")


class Box:
    """One program in a process of its own. `write(stream, text)` takes what it prints (`out`) and logs (`log`).

    With `state` its agents are kept in that folder; without, nothing is.
    """

    def __init__(
        self, folder: str, policy: Policy, write: Callable[[str, str], object], *, model: LanguageModel | None,
        calls: int = 1, state: str | os.PathLike[str] | None = None,
    ) -> None:  # fmt: skip
        from dataclasses import replace

        from dana_poet.sandboxed.state_door import StateDoor
        from dana_sandbox.service import Service

        self.limits = replace(limits_of(policy), calls_per_worker=calls)
        self.files = ModuleFiles(folder, own_folder=policy.own_folder, most_bytes=self.limits.source_bytes)
        self._folder = folder
        self._reader = Reader(self._real)
        capabilities: dict[str, Callable[[Any], object]] = {
            "write": Printer(write, self.limits.output_bytes), "look": self.files.look, "names": self.files.names, "read": self.files.read,
        }  # fmt: skip
        if model is not None:
            capabilities["ask_model"] = ModelDoor(model)
        self._state = StateDoor(state, seconds=self.limits.wall_seconds) if state is not None else None
        if self._state is not None:
            capabilities.update(self._state.capabilities())
        options = {
            "folder": INSIDE, "own_folder": policy.own_folder, "model": model is not None, "state": state is not None, "mock": _is_mocked(),
            "auto_coercion": _is_coercing(), "modules": sorted(self.limits.modules),
            "output_characters": self.limits.output_bytes,
        }  # fmt: skip
        self._service = Service(SERVE, self.limits, options=options, capabilities=capabilities, paths=_paths())

    def inside(self, path: str) -> str:
        """Return what a file of the program's folder is called inside, and know it as one that the program was given."""
        name = f"{INSIDE}/{os.path.basename(path)}"
        self.files.shown[name] = path
        return name

    def given(self, name: str) -> str:
        """Know a text that is in no file by the name it goes by."""
        self.files.shown[name] = name
        return name

    def ask(self, request: dict[str, Any]) -> Answer:
        """Return what came of a request. LimitError when the sandbox ended it, PolicyError when it cannot start."""
        from dana_sandbox.pool import PoolError

        if self._state is not None:
            self._state.begin()
        try:
            outcome = self._service.ask(request)
        except PoolError as error:
            raise _not_started(str(error)) from None
        return self._answer(outcome)

    @property
    def is_open(self) -> bool:
        """Whether it can still be asked."""
        return self._service.is_open

    def close(self) -> None:
        """End the process."""
        self._service.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _answer(self, outcome: RunOutcome) -> Answer:
        if outcome.status == "rejected":
            if outcome.violations[0].rule == "isolation":
                raise _not_started(outcome.violations[0].message)
            raise DanaTypeError(f"what the program is given has to be plain data: {outcome.violations[0].message}")
        if not outcome.ok:
            self._raise_end(outcome)
        try:
            limit = take(outcome.value, "limit", (str, type(None)))
            if limit is not None:
                self.close()
                raise limit_error(limit, self.limits)
            return Answer(self._reader, outcome.value)
        except (BadAnswer, ValueError, TypeError) as bad:
            self.close()
            raise limit_error("crashed", self.limits, f"it sent what is no answer ({bad})") from None

    def _raise_end(self, outcome: RunOutcome) -> None:
        detail = outcome.error.message if outcome.error is not None else ""
        if outcome.status == "output":
            raise limit_error(
                "output", self.limits, f"the result of the program is too much: {detail}" if detail else ""
            )
        raise limit_error(outcome.status, self.limits, detail)

    def _real(self, name: str) -> str | None:
        return self.files.shown.get(name)


def _not_started(why: str) -> PolicyError:
    return PolicyError(
        f"the sandbox cannot start, so nothing is run: {why}", hint="`dana-poet doctor` says what is missing"
    )


def _paths() -> tuple[str, ...]:
    """Return the folders of the packages that the worker loads beside those of the sandbox itself."""
    from importlib.util import find_spec

    found = []
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise PolicyError(f"the sandbox needs {package}, which is not installed, so nothing is run")
        found.append(os.path.dirname(os.path.realpath(next(iter(spec.submodule_search_locations)))))
    return tuple(dict.fromkeys(found))


def _is_mocked() -> bool:
    return os.environ.get("DANA_MOCK_LLM", "").strip().lower() in {"1", "true", "yes", "on"}


def _is_coercing() -> bool:
    from dana_poet.settings import load_settings

    return bool(load_settings(files=False).run.auto_coercion)


def named_model(name: str = "") -> LanguageModel | None:
    """Return the model that the user named for this run, by `--llm`, `use_model` or `set_model`; None without one.

    Its address and key come from the environment alone: the folder of the program has no say.
    """
    choose = sys.modules.get("dana_poet.llm.choose")
    if choose is not None and (chosen := choose.chosen_model()) is not None:
        found: LanguageModel = chosen
        return found
    name = name or (choose.chosen_name() if choose is not None else "")
    if not name or _is_mocked():
        return None
    from dana_poet.llm.choose import model_from_settings
    from dana_poet.settings import load_settings

    return model_from_settings(load_settings(files=False).llm, name=name)


def run(
    file: str, arguments: Mapping[str, Any] | None, *, policy: Policy, state: str | os.PathLike[str] | None = None,
    capture: bool = True,
) -> RunResult:  # fmt: skip
    """Run a `.na` file in the sandbox: `dana_poet.run` under a policy that asks for it."""
    path = os.path.abspath(file)
    source, _ = read_text(file)
    gathered = Gathered() if capture else None
    with Box(os.path.dirname(path), policy, gathered or to_terminal, model=named_model(), state=state) as box:
        answer = box.ask(run_request(box, path, source, dict(arguments or {})))
        value = raised(answer)
    output = gathered.text() if gathered else ""
    return RunResult(value, output, Diagnosed(source, file, policy), answer.events, answer.seconds)


def run_request(
    box: Box, path: str, source: str, arguments: dict[str, Any], *, typed: dict[str, str] | None = None,
    trace: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return the request to run a file. LimitError for a text that is too long for the sandbox."""
    check_length(source, box)
    return {
        "do": "run", "file": box.inside(path), "text": source, "arguments": arguments, "typed": typed or {},
        "trace": trace,
    }  # fmt: skip


def check_length(source: str, box: Box) -> None:
    """Raise LimitError for a text that is longer than the sandbox takes."""
    if len(source.encode("utf-8", "surrogatepass")) > box.limits.source_bytes:
        raise LimitError(
            f"the program is longer than {box.limits.source_bytes:,} bytes", code="D4004",
            hint="split it into modules, or allow more with SandboxPolicy(source_bytes=...)",
        )  # fmt: skip


def raised(answer: Answer) -> Any:
    """Return the value of an answer; what failed in the sandbox is raised here."""
    if answer.error is not None:
        for label, unseen in answer.unseen:
            note = f"a promise that nobody awaited failed too ({label or 'unnamed'}): {unseen}"
            answer.error.add_note(note)
            failure = getattr(answer.error, "__dana_failure__", None)
            if failure is not None:
                failure.notes.append(note)
        raise answer.error
    for _, unseen in answer.unseen:
        raise unseen
    return answer.value


class Gathered:
    """Collects what a program prints; what it logs goes to standard error."""

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def __call__(self, stream: str, piece: str) -> None:
        """Take a piece of one stream."""
        if stream == "out":
            self._pieces.append(piece)
        else:
            to_terminal(stream, piece)

    def text(self) -> str:
        """Return what was printed since this was last asked."""
        pieces, self._pieces = self._pieces, []
        return "".join(pieces)


def to_terminal(stream: str, piece: str) -> None:
    """Write a piece of output at once; a terminal is shown control characters instead of obeying them."""
    from dana_poet.sandboxed.answers import TABLE

    target = sys.stdout if stream == "out" else sys.stderr
    shown = piece.translate(TABLE) if target.isatty() else piece
    try:
        target.write(shown)
    except UnicodeEncodeError:
        target.write(shown.encode("ascii", "backslashreplace").decode())
    target.flush()


class Diagnosed:
    """What `check` says about a text, worked out in a sandbox of its own when somebody asks."""

    __slots__ = ("file", "known", "policy", "text")

    def __init__(self, source: str, file: str, policy: Policy, known: frozenset[str] = frozenset()) -> None:
        self.text, self.file, self.policy, self.known = source, file, policy, known

    def __call__(self) -> tuple[Diagnostic, ...]:
        """Return the diagnostics, in source order."""
        with Box(os.path.dirname(os.path.abspath(self.file)), self.policy, lambda *_: None, model=None) as box:
            file = box.given("<text>")
            answer = box.ask({"do": "check", "text": self.text, "file": file, "known": sorted(self.known)})
            from dataclasses import replace

            found = raised(answer)
            if not isinstance(found, list):
                raise limit_error("crashed", box.limits, "it sent what is no list of diagnostics")
            reader = Reader({file: self.file}.get)
            return tuple(replace(reader.diagnostic(one), file=self.file) for one in found[:1000])
