"""In the worker: one Dana program and the requests of its host. Loaded by the process that workers are forked from.

A request and its answer are plain data. Everything that a program may need later is loaded here, because a worker
has no files. What a program does in here, or to this process, its host does not have to believe.
"""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from dana_poet.domains.registry import BUILT_IN
from dana_poet.errors import DanaAttributeError, PolicyError
from dana_poet.llm import choose
from dana_poet.runtime import builtins, execute, failures, paths, session
from dana_poet.runtime.arguments import Given
from dana_poet.runtime.library_table import LIBRARY
from dana_poet.runtime.place import Place
from dana_poet.runtime.plain_data import Stays, plain, shown
from dana_poet.runtime.policy import Policy
from dana_poet.runtime.resources.registry import HARMLESS, SHIPPED
from dana_poet.sandboxed import guards
from dana_poet.sandboxed.asked_model import AskedModel, NoModel
from dana_poet.sandboxed.asked_state import PLACE, AskedFolder
from dana_poet.sandboxed.compiling import compile_text
from dana_poet.sandboxed.files import AskedFiles, remember
from dana_poet.sandboxed.output import Flooded, Outlet, Stream
from dana_poet.sandboxed.program import SandboxedProgram
from dana_poet.sandboxed.telling import diagnostic, told
from dana_poet.settings import LLMSettings, RunSettings, Settings
from dana_sandbox.handling import Host, serve_handler
from dana_sandbox.run_state import Refused, RunState

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_sandbox.channel import Channel

STAGES = (
    "dana_poet.stages.build", "dana_poet.stages.streams", "dana_poet.stages.transient", "dana_poet.stages.constraints",
    "dana_poet.stages.pipelines", "dana_poet.stages.shared", "dana_poet.stages.versioned", "dana_poet.stages.learning",
    "dana_poet.codegen.original_dana",
    "dana_poet.stages.agents",
    "importlib.metadata",
)  # fmt: skip
"""What a `@poet` function loads when it is first called, and when it first fails."""

SIGNALS = (
    "dana_poet.events", "dana_poet.events.event_types", "dana_poet.runtime.feedback_place",
    "dana_poet.orchestration.actions", "dana_poet.orchestration.alerts", "dana_poet.orchestration.config",
    "dana_poet.orchestration.orchestrator", "dana_poet.orchestration.schedule", "dana_poet.orchestration.sources",
)  # fmt: skip
"""What events, feedback and signals load."""

LATER = (
    "dana_grammar.check", "dana_grammar.mistakes", "dana_grammar.mistakes_in_expressions", "dana_grammar.recover",
    "dana_grammar.diagnose", "dana_poet.runtime.encoding", "dana_poet.runtime.events", "dana_poet.runtime.event_log", "dana_poet.runtime.feedback",
    "dana_poet.runtime.pipeline_parallel", "dana_poet.runtime.pipeline_trace", "dana_poet.runtime.typed_answer",
    "dana_poet.llm.shape", "dana_poet.llm.answer", "dana_poet.llm.mock", "dana_poet.llm.options", "tenacity",
    "difflib", "string", "urllib.parse", "_strptime", "unicodedata", "encodings.idna", "stringprep", "copy", "inspect",
)  # fmt: skip
"""What programs load while they run, or what says what is wrong with them, beside the library's own modules."""


def _load_all() -> None:
    shipped = (SHIPPED[kind] for kind in HARMLESS)
    domains = (f"dana_poet.domains.{name}" for name in BUILT_IN)
    places = (*LATER, *SIGNALS, *STAGES, *domains, *LIBRARY.values(), *builtins.LAZY_HELPERS.values(), *shipped)
    for name in dict.fromkeys(place.partition(":")[0] for place in places):
        import_module(name)


def _warm_up() -> None:
    """Do once what every worker would do first: patterns are compiled then, tables filled, pages written."""
    builtins.new_namespace()
    compile_text("struct P:\n    x: int = 1\ndef f(a, b = 2): a.x + b\nprint(f'{f(P())}')\n", "<warm>", frozenset())


_load_all()
_warm_up()


def serve(channel: Channel) -> None:
    """Serve one host: what the process that workers are forked from runs in each of them."""
    serve_handler(channel, Handler)


def _no_thread(_thread: threading.Thread) -> None:
    """Say what a system without threads says; the runtime then does the work at once, in the thread that asks."""
    raise RuntimeError("the sandbox has one thread")


class Handler:
    """Answers the requests of one host about one program. `host` answers its questions."""

    def __init__(self, options: dict[str, Any], host: Host) -> None:
        self.outlet = Outlet(lambda pieces: host.tell("write", pieces), options["output_characters"])
        sys.stdout, sys.stderr = Stream(self.outlet, "out"), Stream(self.outlet, "log")
        setattr(threading.Thread, "start", _no_thread)  # noqa: B010 - a method of a class that is not ours
        guards.install()
        paths.base = options["folder"]
        settings = Settings(
            llm=LLMSettings(mock=options["mock"]), run=RunSettings(auto_coercion=options["auto_coercion"])
        )
        if not options["mock"]:
            choose.answer_with(AskedModel(host) if options["model"] else NoModel())
        self.files = AskedFiles(host)
        modules = frozenset(options["modules"])
        policy = Policy(sandbox=True, own_folder=options["own_folder"])
        self.state = RunState(modules=modules)
        setattr(self.state, "output", sys.stderr)  # noqa: B010 - Python's logging goes where it goes without a sandbox
        self.program = SandboxedProgram(options["folder"], policy, settings, self.files, modules, self.state)
        self.names: dict[str, Any] = {}
        self.place = Place(PLACE if options["state"] else None, explicit=True, program=self.program)
        if options["state"]:
            self.place.belongings["folder"] = AskedFolder(host)
        self.program.place = self.place

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what the host asks and return what came of it."""
        return _VERBS[request["do"]](self, request)

    # What a host asks

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run a file as the main program."""
        file = request["file"]
        self.files.know(file, request["text"])
        typed = {name: Given(text) for name, text in request["typed"].items()}
        arguments = {**request["arguments"], **typed}
        return self._told(
            lambda: execute.run_file(file, arguments, self.program, coerce_text=bool(typed)), file, ends=True,
            trace=request["trace"],
        )  # fmt: skip

    def text(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one text of a session; `names` are set before."""
        self._open_names()
        self.names.update(request["names"])
        file, text = request["file"], request["text"]
        remember(file, text)

        def run() -> Any:
            code = self.program.code_of_text(text, file, frozenset(self.names))
            self.names["_dana_file"] = file
            return self.program.execute(code, self.names)

        return self._told(run, file)

    def load(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run a file as a module that stays, and say what it defines."""
        file = request["file"]
        self.files.know(file, request["text"])
        self.names = self.program.module_globals(request["name"], file)
        self.program.modules[file] = self.names["_dana_module"]

        def run() -> Any:
            self.program.run_module(file, self.names)
            execute.deliver(self.program)
            return {name: _kind(value) for name, value in self.names.items() if not name.startswith("_")}

        return self._told(run, file)

    def call(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function of the loaded module."""
        name = request["name"]
        return self._told(lambda: self._named(name)(*request["args"], **request["words"]), self._file())

    def get(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a value of the loaded module."""
        return self._told(lambda: self._named(request["name"]), self._file())

    def check(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return what `check` says about a text."""
        text, file = request["text"], request["file"]
        known = frozenset(request["known"])
        return self._told(lambda: [diagnostic(one) for one in session.check(text, file, known=known)], file)

    # How it is done

    def _file(self) -> str:
        return str(self.names.get("__file__", "<dana>"))

    def _open_names(self) -> None:
        if not self.names:
            self.names = self.program.module_globals("__main__", "<input>")

    def _named(self, name: str) -> Any:
        if name.startswith("_") or name not in self.names:
            raise DanaAttributeError(f"the module has no name '{name}'")
        return self.names[name]

    def _told(self, work: Callable[[], Any], file: str, *, ends: bool = False, trace: bool = False) -> dict[str, Any]:
        """Return what `work` gave or raised, with what it left behind, as plain data."""
        answer: dict[str, Any] = {
            "value": None, "stays": None, "error": None, "unseen": [], "events": [], "limit": None, "seconds": 0.0,
        }  # fmt: skip
        running = execute.Running()
        tracing = import_module("dana_poet.runtime.pipeline_trace") if trace else None
        try:
            if tracing is not None:
                tracing.on()
            self.program.within(self._within, work, file, running, answer, ends)
            if tracing is not None:
                tracing.summary()
            self.outlet.flush()
        except Flooded:
            answer["limit"] = "output"
        except Exception as error:
            if not _ran_out(error):
                raise
            answer["limit"] = "memory"
        if self.outlet.flooded:
            answer["limit"] = "output"
        answer["seconds"] = running.seconds
        return answer

    def _within(
        self, work: Callable[[], Any], file: str, running: execute.Running, answer: dict[str, Any], ends: bool
    ) -> None:
        with self.place if ends else self.place.kept():
            try:
                value = execute.settled(work())
            except Flooded:
                raise
            except Refused as error:
                answer["error"] = told(self._refusal().with_traceback(error.__traceback__), file)
            except BaseException as error:  # noqa: BLE001 - whatever the program raised is told
                answer["error"] = _error(error, file, answer)
            else:
                _cross(value, answer)
            if self.state.refusals and answer["error"] is None:
                answer["error"] = told(self._refusal(), file)  # the program went on as if nothing had been
            unseen = running.finish()
            answer["unseen"] = [
                [str(label), told(error, file)] for label, error in unseen[:20] if not _is_limit(error, answer)
            ]
            answer["events"] = [_event(event) for event in session.emitted()]

    def _refusal(self) -> PolicyError:
        """Return the error for what a facade refused."""
        first = self.state.refusals[0]
        self.state.refusals.clear()
        return PolicyError(first.message, hint=first.hint)


def _ran_out(error: BaseException | None) -> bool:
    """Whether memory was what failed first: what is done about that may fail in any other way."""
    for _ in range(20):
        if error is None or isinstance(error, MemoryError):
            break
        error = error.__context__
    return isinstance(error, MemoryError)


def _is_limit(error: BaseException, answer: dict[str, Any]) -> bool:
    if isinstance(error, Flooded):
        answer["limit"] = "output"
    elif isinstance(error, MemoryError):
        answer["limit"] = "memory"
    return answer["limit"] is not None


def _error(error: BaseException, file: str, answer: dict[str, Any]) -> dict[str, Any] | None:
    if isinstance(error, failures.Finished):
        _cross(error.value, answer)
        return None
    return None if _is_limit(error, answer) else told(error, file)


def _cross(value: Any, answer: dict[str, Any]) -> None:
    """Put a value into an answer: as plain data, or as its text when it stays in the sandbox."""
    try:
        answer["value"] = plain(value)
    except Stays as stays:
        answer["stays"] = [stays.where, stays.kind, shown(value)]


def _kind(value: Any) -> str:
    """Return what a name of a module is to Python outside: a plain value, something to call, or neither."""
    try:
        plain(value)
    except Stays:
        living = hasattr(type(value), "__dana_table__") or isinstance(value, type)
        return "inside" if living or not callable(value) else "call"
    return "value"


def _event(event: Any) -> dict[str, Any]:
    try:
        payload = plain(event.payload)
    except Stays:
        payload = shown(event.payload)
    return {"type": str(event.type), "payload": payload, "id": str(event.id), "time": event.time}


_VERBS: dict[str, Callable[[Handler, dict[str, Any]], dict[str, Any]]] = {
    "run": Handler.run, "text": Handler.text, "load": Handler.load, "call": Handler.call, "get": Handler.get,
    "check": Handler.check,
}  # fmt: skip
