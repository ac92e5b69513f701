"""From a file or a text to a module that has run: read, compile or take from the cache, execute."""

from __future__ import annotations

import os
import sys
from time import perf_counter
from typing import TYPE_CHECKING, Any

from dana_poet.errors import UsageError
from dana_poet.runtime import builtins, cache, failures, place, project

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable
    from types import CodeType

    from dana_grammar.errors import Diagnostic
    from dana_poet.runtime.place import Place
    from dana_poet.runtime.policy import Policy
    from dana_poet.settings import Settings

TEXT_ANNOTATIONS = 0x1000000
"""The compiler flag of `from __future__ import annotations`, without loading `__future__`."""
MAX_BYTES = 16 * 1024 * 1024


class Disk:
    """The files that imports look for, as they are on this machine. The sandbox has another one."""

    __slots__ = ()

    def is_file(self, path: str) -> bool:
        """Whether a file is there."""
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there."""
        return os.path.isdir(path)

    def names(self, folder: str) -> list[str]:
        """Return the names of what is in a folder."""
        return os.listdir(folder)


DISK = Disk()


class Program:
    """One program or session: the built-ins, scoped variables and modules that its files share."""

    def __init__(
        self, folder: str, policy: Policy, *, state: str | None = None, cached: bool = True,
        settings: Settings | None = None,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.policy = policy
        self.state = state
        self.cached = cached
        self.settings = settings
        self.model = ""
        self.namespace = builtins.new_namespace()
        if settings is not None and not settings.run.auto_coercion:
            self.namespace.update(builtins.UNMIXED)
        self.modules: dict[str, Any] = {}
        self.loading: list[str] = []
        self.place: Place | None = None
        self.files: Any = DISK

    def within(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call `function` in a context of its own, under the program's settings: the model it sets is set there only."""
        from contextvars import copy_context

        return copy_context().run(self._under_settings, function, args)

    def _under_settings(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if self.settings is not None and project.host_settings() is None:
            from dana_poet.settings import put_in_force

            put_in_force(self.settings)
        before = _chosen_model()
        if self.model and not before:
            from dana_poet.llm.choose import set_model_name

            set_model_name(self.model)
            before = self.model
        try:
            return function(*args)
        finally:
            after = _chosen_model()
            if after != before:
                self.model = after  # a later text of the same session asks the model that this one has set

    def usual_state(self, beside: str) -> str:
        """Return the folder for state when nobody named one for this run: of the settings, else `.poet` in `beside`."""
        return (self.settings.state.dir if self.settings is not None else "") or os.path.join(beside, ".poet")

    def module_globals(self, name: str, file: str) -> dict[str, Any]:
        """Return the globals for a new module of this program."""
        from types import ModuleType

        from dana_poet.runtime.modules import Here

        module = ModuleType(name)
        names = vars(module)
        names.update(
            __builtins__=self.namespace, __file__=file, _dana_file=file,
            _dana_here=Here(name, file, self, names), _dana_module=module,
        )  # fmt: skip
        return names

    def run_module(self, path: str, names: dict[str, Any]) -> Any:
        """Run the file of a module that is already known by its path; forget it when it fails."""
        self.loading.append(path)
        try:
            return self.execute(self.code_of(path), names)
        except BaseException:
            self.modules.pop(path, None)
            raise
        finally:
            self.loading.pop()

    def code_of(self, path: str) -> CodeType:
        """Return the code of a file of this program."""
        return code_of_file(path, cached=self.cached and is_cached_code_allowed())

    def offered(self, name: str, *, whole: bool) -> Any:
        """Return a Python module of the sandbox; only programs in it are asked."""
        raise NotImplementedError

    def execute(self, code: CodeType, names: dict[str, Any]) -> Any:
        """Run a module's code and return the program's value."""
        builtins.prepare(code, self.namespace)
        names["_dana_result"] = None
        try:
            exec(code, names)  # noqa: S102 - code that our own compiler wrote
        except failures.Finished as finished:
            return finished.value
        return names["_dana_result"]


def _chosen_model() -> str:
    choose = sys.modules.get("dana_poet.llm.choose")
    return choose.chosen_name() if choose is not None else ""


class RunResult:
    """What a run gave.

    `value` is the program's result, `output` what it printed, `events` the events it emitted, `seconds` wall time.
    `diagnostics` is what `check` says about the text that ran; it is worked out when it is first read, because a run
    does not need it.
    """

    __slots__ = ("_diagnostics", "events", "output", "seconds", "value")

    def __init__(
        self, value: Any, output: str, diagnostics: Callable[[], tuple[Diagnostic, ...]], events: tuple[Any, ...],
        seconds: float,
    ) -> None:  # fmt: skip
        given = {"value": value, "output": output, "_diagnostics": diagnostics, "events": events, "seconds": seconds}
        for name, one in given.items():
            object.__setattr__(self, name, one)

    value: Any
    output: str
    events: tuple[Any, ...]
    seconds: float
    _diagnostics: Any

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What `check` says about the text that ran, in source order."""
        if callable(self._diagnostics):
            object.__setattr__(self, "_diagnostics", self._diagnostics())
        found: tuple[Diagnostic, ...] = self._diagnostics
        return found

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a RunResult cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a RunResult cannot be changed: {name}")

    def __repr__(self) -> str:
        return f"RunResult(value={self.value!r}, output={self.output!r}, seconds={self.seconds:.3f})"


def read_text(file: str) -> tuple[str, bytes]:
    """Return the text of a file and its bytes. UsageError says why a file cannot be read."""
    try:
        with open(file, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(file, error) from None
    if len(data) > MAX_BYTES:
        raise _too_long(file)
    return decode(data, file), data


def _too_long(file: str) -> Exception:
    from dana_grammar.errors import DanaSourceError
    from dana_grammar.parse import too_long

    return DanaSourceError(too_long(f"more than {MAX_BYTES:,} bytes", file)[1])


def _unreadable(file: str, error: OSError | ValueError) -> UsageError:
    from dana_poet.runtime.paths import shown_path

    shown = shown_path(file)
    if isinstance(error, IsADirectoryError):
        return UsageError(f"{shown} is a folder", hint="name a .na file in it")
    if isinstance(error, FileNotFoundError):
        return UsageError(f"there is no file {shown}", hint=_near_file(shown))
    if isinstance(error, OSError):
        return UsageError(f"cannot read {shown}: {error.strerror}")
    return UsageError(f"cannot read {shown!r}: {error}")


def decode(data: bytes, file: str) -> str:
    """Return UTF-8 text; a byte that is none is a mistake with a place."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        from dana_grammar.errors import DanaSourceError, Diagnostic
        from dana_grammar.span import Span

        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise DanaSourceError((Diagnostic(
            code="D0040", message=f"byte 0x{data[error.start]:02x} is not UTF-8 text",
            span=Span(line, column, line, column + 1), file=file, hint="save the file as UTF-8",
        ),)) from None  # fmt: skip


def _near_file(file: str) -> str:
    import difflib

    folder, name = os.path.split(file)
    try:
        names = [other for other in os.listdir(folder or ".") if other.endswith(".na")]
    except OSError:
        return f"the folder {folder} does not exist" if folder else ""
    near = difflib.get_close_matches(name, names, 1) or [other for other in names if other == name + ".na"]
    return f"did you mean {os.path.join(folder, near[0])}?" if near else ""


def compile_text(text: str, file: str, known: frozenset[str] = frozenset()) -> CodeType:
    """Return the code of a Dana text. DanaSourceError carries every syntax error in it."""
    from dana_grammar.errors import DanaSourceError
    from dana_grammar.parse import parse
    from dana_grammar.to_python import to_python

    program = parse(text, file)
    try:
        tree = to_python(program, text, known=known)
        code = _compiled(tree, file)
    except DanaSourceError as error:
        from dataclasses import replace

        raise DanaSourceError(tuple(replace(one, file=file) for one in error.diagnostics)) from None
    except (SyntaxError, RecursionError, ValueError) as error:
        raise python_refused(error, file) from None
    return code


def _compiled(tree: ast.Module, file: str) -> CodeType:
    """Compile without Python's remarks on style (`x is "a"`), which `check` makes in Dana's own words."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        code: CodeType = compile(tree, file, "exec", TEXT_ANNOTATIONS, dont_inherit=True)
    return code


def python_refused(error: Exception, file: str) -> Exception:
    """Return our error for what Python's compiler refuses, such as a `break` outside a loop."""
    from dana_grammar.errors import DanaSourceError, Diagnostic
    from dana_grammar.span import Span

    line = getattr(error, "lineno", None) or 1
    column = getattr(error, "offset", None) or 1
    end_line = getattr(error, "end_lineno", None) or line
    end_column = getattr(error, "end_offset", None) or column + 1
    message = error.msg if isinstance(error, SyntaxError) else "this is nested too deeply"
    span = Span(line, column, end_line, end_column)
    return DanaSourceError((Diagnostic(code="D0041", message=str(message), span=span, file=file),))


def noted(text: str, file: str, known: frozenset[str] = frozenset()) -> CodeType:
    """Return what `compile_text` does; its error also shows its places to those who read a Python traceback."""
    from dana_grammar.errors import DanaSourceError

    try:
        return compile_text(text, file, known)
    except DanaSourceError as error:
        from dana_grammar.show_error import render_all

        error.add_note(render_all(error.diagnostics, text))
        raise


def code_of_file(file: str, *, cached: bool = True) -> CodeType:
    """Return the code of a file, from the cache where it is there."""
    text, data = read_text(file)
    key = cache.key_of(data, file)
    code = cache.load(file, key) if cached else None
    if code is None:
        code = noted(text, file)
        if cached and not sys.dont_write_bytecode:
            cache.save(file, key, code)
    return code


def is_cached_code_allowed() -> bool:
    """Whether compiled programs on disk may be used. Python's own switch says whether new ones are written."""
    return not os.environ.get("DANA_NO_CACHE")


class Running:
    """A context for one run: where state lives, and what is left to do when the program has ended."""

    def __init__(self) -> None:
        self.started = perf_counter()

    def finish(self) -> list[tuple[str, BaseException]]:
        """Wait for what the program left running; return the errors that nobody saw."""
        promises = sys.modules.get("dana_poet.runtime.promise")
        return list(promises.finish_all(place.current())) if promises is not None else []

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return perf_counter() - self.started


def settled(value: Any) -> Any:
    """Return what a promise promises, waiting for it; anything else unchanged."""
    promises = sys.modules.get("dana_poet.runtime.promise")
    return value if promises is None else promises.force(value)


def run_file(file: str, arguments: dict[str, Any], program: Program, *, coerce_text: bool = False) -> Any:
    """Run a file as the main program and return its value; `arguments` go to `__main__`."""
    path = os.path.abspath(file)
    names = program.module_globals("__main__", path)
    program.modules[path] = names["_dana_module"]
    value = program.run_module(path, names)
    deliver(program)
    return call_main(names, value, arguments, coerce_text=coerce_text)


def deliver(program: Program) -> None:
    """Hand over feedback that arrived while the program was not there, now that its handlers are known."""
    if program.place is not None:
        program.place.loaded()


def call_main(names: dict[str, Any], value: Any, arguments: dict[str, Any], *, coerce_text: bool) -> Any:
    """Call `__main__` where the program defines it, with arguments coerced to its annotations."""
    main = names.get("__main__")
    if not callable(main):
        if arguments:
            given = ", ".join(arguments)
            raise UsageError(f"the program defines no __main__ to take {given}", hint="write: def __main__(...):")
        return value
    if coerce_text or arguments or not _is_callable_bare(main):
        from dana_poet.runtime.arguments import for_function

        arguments = for_function(main, arguments, names)
    return main(**arguments)


def _is_callable_bare(main: Any) -> bool:
    """Whether `__main__` surely needs no arguments."""
    code = getattr(main, "__code__", None)
    if code is None or code.co_kwonlyargcount or hasattr(main, "__wrapped__"):
        return False
    return bool(code.co_argcount <= len(main.__defaults__ or ()))
