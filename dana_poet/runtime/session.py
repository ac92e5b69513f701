"""The Python door: run files and texts, load programs as modules, and sessions that keep their names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dana_poet.errors import PolicyError, UsageError
from dana_poet.runtime import builtins, execute, place, project
from dana_poet.runtime.execute import Program, Running, RunResult
from dana_poet.runtime.place import Place
from dana_poet.runtime.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, ModuleType

    from dana_grammar.errors import Diagnostic

OWNER = Policy()


class Output:
    """Collects what a program prints, in place of standard output."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        import io

        self.stream = io.StringIO()
        namespace["print"] = self.print

    def print(
        self, *values: object, sep: str | None = None, end: str | None = None, file: Any = None, flush: bool = False
    ) -> None:
        """Print as the built-in does, into the collection unless a file is named."""
        print(*values, sep=sep, end=end, file=self.stream if file is None else file, flush=flush)

    def taken(self) -> str:
        """Return what was collected and start anew."""
        text = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return text


def new_program(folder: str, policy: Policy, state: str | os.PathLike[str] | None) -> Program:
    """Return a program for files of `folder`, to run in this process. PolicyError under a policy of the sandbox."""
    if policy.sandbox:
        raise PolicyError(
            "this runs programs in its own process, and the policy asks for the sandbox",
            hint="use dana_poet.run, evaluate, load or Session",
        )
    settings = project.settings_for(folder)
    policy = project.extended(policy, settings)
    return Program(folder, policy, state=None if state is None else os.fspath(state), settings=settings)


def run(
    file: str | os.PathLike[str],
    arguments: Mapping[str, Any] | None = None,
    *,
    policy: Policy = OWNER,
    state: str | os.PathLike[str] | None = None,
    capture: bool = True,
) -> RunResult:
    """Run a `.na` file and return its result.

    `arguments` go to the program's `__main__`, coerced to its annotations. With `capture` what it prints is in
    `.output`; without, it goes to standard output. Raises DanaSourceError for syntax, UsageError for a file or an
    argument that makes no sense, and whatever the program itself raises.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "hello.na"
    >>> _ = path.write_text("def __main__(name: str = 'you'):\\n    print(f'hello {name}')\\n    len(name)\\n")
    >>> run(path, {"name": "Dana"})
    RunResult(value=4, output='hello Dana\\n', seconds=...)
    """
    path = os.fspath(file)
    if not path.endswith(".na") and not os.path.isdir(path):
        raise UsageError(f"{path} is not a .na file", hint="to run a text, use Session().run(text) or evaluate(text)")
    if policy.sandbox:
        result: RunResult = _sandboxed("session").run(path, arguments, policy=policy, state=state, capture=capture)
        return result
    program = new_program(os.path.dirname(os.path.abspath(path)), policy, state)
    text, _ = execute.read_text(path)
    output = Output(program.namespace) if capture else None
    running = Running()
    value, events = program.within(_run, program, path, dict(arguments or {}), running)
    return RunResult(value, output.taken() if output else "", _Warnings(text, path), events, running.seconds)


def _run(program: Program, path: str, arguments: dict[str, Any], running: Running) -> tuple[Any, tuple[Any, ...]]:
    with opened_state(program, path):
        return finished(running, lambda: execute.run_file(path, arguments, program)), emitted()


def finished(running: Running, call: Callable[[], Any]) -> Any:
    """Return what `call` returns when the promises that nobody awaited are kept; the first unseen error is raised."""
    try:
        value = execute.settled(call())
    except Exception as error:
        for label, unseen in running.finish():
            if unseen is not error:
                error.add_note(f"a promise that nobody awaited failed too ({label or 'unnamed'}): {unseen}")
        raise
    for _, unseen in running.finish():
        raise unseen
    return value


def emitted() -> tuple[Any, ...]:
    """Return the events that the running program emitted since this was last asked."""
    here = place.current()
    bus = here.belongings.get("bus") if here is not None else None
    if bus is None:
        return ()
    events = tuple(bus.emitted)
    bus.emitted.clear()
    return events


def opened_state(program: Program, file: str) -> Place:
    """Return the place of persistent state for a run: the folder asked for, or `.poet` beside the file."""
    if program.place is None:
        folder = program.state or program.usual_state(os.path.dirname(os.path.abspath(file)))
        program.place = Place(folder, explicit=program.state is not None, program=program)
    return program.place


def evaluate(
    text: str,
    names: Mapping[str, Any] | None = None,
    *,
    policy: Policy = OWNER,
    state: str | os.PathLike[str] | None = None,
) -> Any:
    """Return the value of a Dana expression or program text; `names` are its variables.

    >>> evaluate("xs | total", {"xs": [1, 2, 3], "total": sum})
    6
    """
    if policy.sandbox:
        return _sandboxed("sessions").evaluate(text, names, policy=policy, state=state)
    session = Session(state=state, policy=policy, capture=False)
    session.names.update(names or {})
    return session.run(text).value


def load(
    file: str | os.PathLike[str], *, policy: Policy = OWNER, state: str | os.PathLike[str] | None = None
) -> ModuleType:
    """Run a `.na` file as a module and return it: functions, structs, agents and pipelines are its attributes.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "shapes.na"
    >>> _ = path.write_text("struct Point:\\n    x: int\\n    y: int = 0\\n")
    >>> load(path).Point(3)
    Point(x=3, y=0)
    """
    path = os.path.abspath(os.fspath(file))
    if policy.sandbox:
        found: ModuleType = _sandboxed("sessions").load(path, policy=policy, state=state)
        return found
    program = new_program(os.path.dirname(path), policy, state)
    names = program.module_globals(os.path.basename(path).removesuffix(".na"), path)
    code = execute.code_of_file(path, cached=execute.is_cached_code_allowed())
    program.within(run_kept, program, path, code, names)
    module: ModuleType = names["_dana_module"]
    return module


def _sandboxed(name: str) -> Any:
    """Return a module of the sandbox's door. Nothing of it is loaded for programs that run in this process."""
    from importlib import import_module

    return import_module(f"dana_poet.sandboxed.{name}")


def run_kept(program: Program, path: str, code: CodeType, names: dict[str, Any]) -> Any:
    """Run the code of a module whose functions are called later: what it started goes on. Return its value."""
    with opened_state(program, path).kept() as here:
        place.kept_for_later(here)
        value = program.execute(code, names)
        execute.deliver(program)
        return value


class Session:
    """Runs texts one after the other; names, scoped variables and modules stay between them.

    >>> session = Session()
    >>> _ = session.run("x = 41")
    >>> session.run("x + 1").value
    42
    """

    def __init__(
        self,
        *,
        state: str | os.PathLike[str] | None = None,
        policy: Policy = OWNER,
        folder: str | os.PathLike[str] = ".",
        capture: bool = True,
    ) -> None:
        self._sandboxed: Any = None
        if policy.sandbox:
            made = _sandboxed("sessions").SandboxedTexts
            self._sandboxed = made(policy, folder=os.fspath(folder), state=state, capture=capture)
            return
        self.program = new_program(os.path.abspath(os.fspath(folder)), policy, state)
        self.output = Output(self.program.namespace) if capture else None
        self.names = self.program.module_globals("__main__", "<input>")
        self.count = 0

    def run(self, text: str) -> RunResult:
        """Run one text and return its result. Errors are those of `dana_poet.run`; the session stays usable."""
        if self._sandboxed is not None:
            result: RunResult = self._sandboxed.run(text)
            return result
        self.count += 1
        file = f"<input {self.count}>"
        known = frozenset(self.names)
        remember_text(file, text)
        running = Running()
        value, events = self.program.within(self._run, text, file, running)
        output = self.output.taken() if self.output else ""
        return RunResult(value, output, _Warnings(text, file, known), events, running.seconds)

    def _run(self, text: str, file: str, running: Running) -> tuple[Any, tuple[Any, ...]]:
        with opened_state(self.program, os.path.join(self.program.folder, "session")).kept():
            code = execute.noted(text, file, frozenset(self.names))
            self.names["_dana_file"] = file
            return finished(running, lambda: self.program.execute(code, self.names)), emitted()

    async def arun(self, text: str) -> RunResult:
        """`run` in a thread, for programs that run an event loop."""
        result: RunResult = await _in_thread(self.run, text)
        return result


class _Warnings:
    """What `check` says about a text that has run; `known` are the names that it found there."""

    __slots__ = ("file", "known", "text")

    def __init__(self, text: str, file: str, known: frozenset[str] = frozenset()) -> None:
        self.text, self.file, self.known = text, file, known

    def __call__(self) -> tuple[Diagnostic, ...]:
        return tuple(check(self.text, self.file, known=self.known))


def remember_text(file: str, text: str) -> None:
    """Let traces and debuggers show the lines of a text that is in no file."""
    import linecache

    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)


async def _in_thread(function: Callable[..., Any], *args: Any, **words: Any) -> Any:
    import asyncio

    return await asyncio.to_thread(function, *args, **words)


async def arun(file: str | os.PathLike[str], arguments: Mapping[str, Any] | None = None, **words: Any) -> RunResult:
    """`run` in a thread, for programs that run an event loop."""
    result: RunResult = await _in_thread(run, file, arguments, **words)
    return result


async def aevaluate(text: str, names: Mapping[str, Any] | None = None, **words: Any) -> Any:
    """`evaluate` in a thread, for programs that run an event loop."""
    return await _in_thread(evaluate, text, names, **words)


async def aload(file: str | os.PathLike[str], **words: Any) -> ModuleType:
    """`load` in a thread, for programs that run an event loop."""
    module: ModuleType = await _in_thread(load, file, **words)
    return module


def check(
    text: str, file: str = "<dana>", *, syntax_only: bool = False, known: frozenset[str] = frozenset()
) -> list[Diagnostic]:
    """Return what is wrong with a Dana text, without running it, in source order.

    `known` are names that the text may use although it does not define them.

    >>> [(d.code, d.message) for d in check("x = totl + 1")]
    [('D1001', "'totl' is not defined")]
    """
    from dana_grammar.parse import parse_recovering

    program, diagnostics = parse_recovering(text, file)
    if diagnostics or syntax_only:
        return list(diagnostics)
    from dana_grammar.check import check as check_program
    from dana_grammar.errors import DanaSourceError
    from dana_grammar.to_python import to_python

    found = list(check_program(program, file, known=builtins.public_names() | known, text=text))
    if not any(one.severity == "error" for one in found):
        try:
            compile(to_python(program, text), file, "exec", execute.TEXT_ANNOTATIONS, dont_inherit=True)
        except DanaSourceError as error:
            found += error.diagnostics
        except (SyntaxError, ValueError, RecursionError) as error:
            refused = execute.python_refused(error, file)
            found += refused.diagnostics if isinstance(refused, DanaSourceError) else ()
    return found


def transpile(text: str, file: str = "<dana>") -> str:
    """Return the Python that will run for a Dana text.

    >>> print(transpile("x = 1\\nx + 2"))
    from __future__ import annotations
    x = 1
    _dana_result = x + 2
    """
    import ast

    from dana_grammar.parse import parse
    from dana_grammar.to_python import to_python

    return "from __future__ import annotations\n" + ast.unparse(to_python(parse(text, file), text))


def format(text: str, file: str = "<dana>") -> str:  # noqa: A001 - the verb that users type: dana_poet.format
    """Return a Dana text in canonical form. DanaSourceError when it has syntax errors.

    >>> format("x=1")
    'x = 1\\n'
    """
    from dana_grammar.formatting import format_text

    return format_text(text, file)
