"""Run a generated function in this process: restricted-compiled under the sandbox's rules, or as any other function."""

from __future__ import annotations

import inspect
import threading
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.outside import outside_of
from dana_poet.codegen.runner import CandidateError
from dana_poet.codegen.runner_acts import Acts, current, plain, watched
from dana_poet.codegen.runner_kinds import Blocking, begin
from dana_poet.codegen.runner_reach import own, reached
from dana_poet.codegen.runner_source import program_source, told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator

    from dana_poet.codegen.runner import Kind

FILENAME = "<version>"
_LATE = 0x1000000  # `__future__.annotations.compiler_flag`: hints stay text


def restricted(source: str, name: str, functions: dict[str, Callable[..., Any]]) -> Restricted:
    """Return the runner of a function that is compiled under the sandbox's rules and runs in this process."""
    return Restricted(source, name, functions)


def trusted(source: str, name: str, functions: dict[str, Callable[..., Any]]) -> Trusted:
    """Return the runner of a function that runs as any other."""
    return Trusted(source, name, functions)


class Restricted(Blocking):
    """One generated function in this process, behind the sandbox's guards. It is loaded with the first call, once."""

    def __init__(self, source: str, name: str, functions: dict[str, Callable[..., Any]]) -> None:
        super().__init__(functions["original"])
        self._source, self._name, self._functions = source, name, functions
        self._lock = threading.Lock()
        self._function: Callable[..., Any] | None = None
        self._state: Any = None
        self._lines_before = 0

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any], acts: Acts) -> Any:
        """Call the function once."""
        token = current.set(acts)
        try:
            function = self._function or self._load()
            found = function(*args, **kwargs)
            return _drained(found) if self.yields else own(found)
        except CandidateError:
            raise
        except BaseException as error:
            raise self._failure(error, acts) from error
        finally:
            current.reset(token)

    def _failure(self, error: BaseException, acts: Acts) -> BaseException:
        from dana_sandbox.guards import Refused

        if isinstance(error, Refused):
            message = told(self._state.refusals, self._lines_before) or str(error)
            self._state.refusals.clear()
            return CandidateError("rejected", message, acted=acts.acted)
        return failure(error, acts)

    def _load(self) -> Callable[..., Any]:
        with self._lock:
            if self._function is None:
                self._function = self._loaded()
            return self._function

    def _loaded(self) -> Callable[..., Any]:
        from dana_sandbox.facades import exports
        from dana_sandbox.guards import RunState, as_module, namespace
        from dana_sandbox.policy import DEFAULT_MODULES
        from dana_sandbox.restricted import compile_program
        from dana_sandbox.rules import Rules

        outside = reached(outside_of(self._functions["original"]))
        given: dict[str, Any] = {**outside, **{name: plain(one) for name, one in self._functions.items()}}
        rules = Rules(DEFAULT_MODULES, exports, self._name, frozenset(given))
        compiled = compile_program(self._text(around=True), rules, filename=FILENAME)
        if compiled.code is None:  # what the original leans on may be more than the rules allow
            compiled = compile_program(self._text(around=False), rules, filename=FILENAME)
        if compiled.code is None:
            raise CandidateError("rejected", told(compiled.violations, self._lines_before))
        self._state = RunState()
        space = namespace(self._state, given, name="sandboxed")
        self._state.builtins["print"] = _logged
        with as_module(self._state):
            exec(compiled.code, space)  # noqa: S102 - it has passed the check, and a person asked for this mode
        found: Callable[..., Any] = space[self._name]
        return found

    def _text(self, *, around: bool) -> str:
        """Return the version with what it leans on; what calls it from a sandbox is not needed here."""
        try:
            made = program_source(
                self._source, self._functions["original"], self._name, yields=self.yields, around=around
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CandidateError("rejected", f"the version is no Python: {error}") from error
        self._lines_before = made.lines_before
        return made.without_way


class Trusted(Blocking):
    """One generated function in this process, without rules, lazy and asynchronous as it is written."""

    def __init__(self, source: str, name: str, functions: dict[str, Callable[..., Any]]) -> None:
        original = functions["original"]
        super().__init__(original)
        self._source, self._name, self._functions = source, name, functions
        self._function: Callable[..., Any] | None = None
        if inspect.isasyncgenfunction(original):
            self._call = self._async_steps
        elif inspect.iscoroutinefunction(original):
            self._call = self._on_loop
        elif self.yields:
            self._call = self._steps

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any], acts: Acts) -> Any:
        """Call the function once."""
        token = current.set(acts)
        try:
            return (self._function or self._load())(*args, **kwargs)
        except Exception as error:
            raise failure(error, acts) from error
        finally:
            current.reset(token)

    def _load(self) -> Callable[..., Any]:
        original = self._functions["original"]
        names = getattr(inspect.unwrap(original), "__globals__", {})
        space = {**names, **{name: watched(function) for name, function in self._functions.items()}}
        space.pop(self._name, None)
        code = compile(self._source, FILENAME, "exec", flags=_LATE, dont_inherit=True)
        exec(code, space)  # noqa: S102 - a person has read and pinned it
        found = space.get(self._name)
        if found is None:
            raise NameError(f"the version does not define {self._name}")
        function: Callable[..., Any] = found
        self._function = function
        return function

    async def _on_loop(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        acts = begin()
        token = current.set(acts)
        try:
            return await (self._function or self._load())(*args, **kwargs)
        except Exception as error:
            raise failure(error, acts) from error
        finally:
            current.reset(token)

    def _steps(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[Any]:
        acts = begin()
        items = self.run(args, kwargs, acts)
        return _stepping(items, acts)

    async def _async_steps(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> AsyncIterator[Any]:
        acts = begin()
        items = self.run(args, kwargs, acts)
        while True:
            token = current.set(acts)
            try:
                item = await anext(items)
            except StopAsyncIteration:
                return
            except Exception as error:
                raise failure(error, acts) from error
            finally:
                current.reset(token)
            yield item


def failure(error: BaseException, acts: Acts) -> BaseException:
    """Return the error of a function that raised here; what ends the process goes on as it is."""
    theirs = any(error is one for one in acts.raised)
    if not isinstance(error, Exception) and (theirs or isinstance(error, KeyboardInterrupt)):
        return error
    kind: Kind = "memory" if isinstance(error, MemoryError) else "error"
    message = f"{type(error).__name__}: {error}"
    return CandidateError(kind, message, acted=acts.acted, exception=error, of_original=theirs)


def _stepping(items: Iterator[Any], acts: Acts) -> Generator[Any, None, Any]:
    """Hand on the items of a generator; what it calls between them is taken down too."""
    while True:
        token = current.set(acts)
        try:
            item = next(items)
        except StopIteration as end:
            return end.value
        except Exception as error:
            raise failure(error, acts) from error
        finally:
            current.reset(token)
        yield item


def _drained(made: Any) -> tuple[list[Any], Any]:
    items = []
    while True:
        try:
            items.append(next(made))
        except StopIteration as end:
            return items, end.value


def _logged(*values: Any, sep: str | None = " ", end: str | None = "\n", file: Any = None, flush: bool = False) -> None:
    """Log what a generated function prints; the caller's terminal is not its."""
    text = (sep if sep is not None else " ").join(map(str, values))
    if file is not None:
        file.write(text + (end if end is not None else "\n"))
        return
    import logging

    logging.getLogger("dana_poet.generated").debug("%s", text)
    del flush
