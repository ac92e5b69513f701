"""The host's side of what stays: sessions whose names live in the sandbox, and modules whose functions are called there."""

from __future__ import annotations

import os
import weakref
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaTypeError, LimitError
from dana_poet.runtime.execute import RunResult, read_text
from dana_poet.sandboxed.limits import limit_error
from dana_poet.sandboxed.session import (
    Box,
    Diagnosed,
    Gathered,
    Stays,
    check_length,
    named_model,
    raised,
    to_terminal,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dana_poet.runtime.policy import Policy

MANY_CALLS = 1000
"""A session may use the processor time of this many requests; each one has its own deadline."""


class SandboxedTexts:
    """Runs texts one after the other in one process; their names stay there."""

    def __init__(
        self, policy: Policy, *, folder: str, state: str | os.PathLike[str] | None = None, capture: bool = True
    ) -> None:
        self.policy = policy
        self.folder = os.path.abspath(folder)
        self._gathered = Gathered() if capture else None
        write = self._gathered or to_terminal
        self.box = Box(self.folder, policy, write, model=named_model(), calls=MANY_CALLS, state=state)
        self.count = 0
        self._ended: LimitError | None = None
        self._way_out = f"make a new Session{'; what agents have saved is kept' if state is not None else ''}"
        self._end = weakref.finalize(self, self.box.close)

    def run(self, text: str, names: Mapping[str, Any] | None = None) -> RunResult:
        """Run one text, with `names` set before. LimitError when a limit ends the process, and from then on.

        The names are gone with the process. A session never starts afresh by itself: its texts rely on earlier ones.
        """
        if not self.box.is_open:
            raise self._over()
        try:
            return self.run_once(text, names)
        except LimitError as error:
            if self.box.is_open:
                raise  # the text was not even sent
            self._ended = error
            raise LimitError(
                f"{error.message}; this session has ended and its names are lost", code=error.code,
                hint=f"{error.hint}; {self._way_out}",
            ) from None  # fmt: skip

    def run_once(self, text: str, names: Mapping[str, Any] | None = None) -> RunResult:
        """Run one text where nobody waits for a next one. LimitError as for a file."""
        from dana_poet.runtime.session import remember_text

        self.count += 1
        check_length(text, self.box)
        file = self.box.given(f"<input {self.count}>")
        remember_text(file, text)
        answer = self.box.ask({"do": "text", "text": text, "file": file, "names": dict(names or {})})
        value = raised(answer)
        output = self._gathered.text() if self._gathered else ""
        return RunResult(value, output, Diagnosed(text, file, self.policy), answer.events, answer.seconds)

    def _over(self) -> LimitError:
        why = self._ended.message if self._ended is not None else "its process is gone"
        return LimitError(
            f"this session has ended and its names are lost: {why}", hint=self._way_out,
            code=self._ended.code if self._ended is not None else "D4005",
        )  # fmt: skip


def evaluate(
    text: str, names: Mapping[str, Any] | None, *, policy: Policy, state: str | os.PathLike[str] | None = None
) -> Any:
    """Return the value of a text. DanaTypeError where it is no plain data."""
    texts = SandboxedTexts(policy, folder=".", state=state, capture=False)
    try:
        value = texts.run_once(text, names).value
    finally:
        texts.box.close()
    return _must_cross(value)


def _must_cross(value: Any) -> Any:
    if isinstance(value, Stays):
        where = value.where or "the value"
        raise DanaTypeError(
            f"{where} is {value.kind} and cannot leave the sandbox",
            hint="return plain data: text, numbers, lists, dicts",
        )
    return value


def load(file: str, *, policy: Policy, state: str | os.PathLike[str] | None = None) -> ModuleType:
    """Run a `.na` file as a module in the sandbox and return what stands for it here."""
    path = os.path.abspath(file)
    source, _ = read_text(path)
    box = Box(os.path.dirname(path), policy, to_terminal, model=named_model(), calls=MANY_CALLS, state=state)
    try:
        check_length(source, box)
        name = os.path.basename(path).removesuffix(".na")
        answer = box.ask({"do": "load", "text": source, "file": box.inside(path), "name": name})
        kinds = raised(answer)
        if not isinstance(kinds, dict) or not all(isinstance(one, str) for pair in kinds.items() for one in pair):
            raise limit_error("crashed", box.limits, "it sent what is no list of names")
    except BaseException:
        box.close()
        raise
    return SandboxedModule(name, path, box, kinds)


class SandboxedModule(ModuleType):
    """A module that runs in the sandbox: values are copies, functions and pipelines are called there with plain data.

    Structs, agents and resources stay there; asking for one is an AttributeError that says so.
    """

    def __init__(self, name: str, path: str, box: Box, kinds: dict[str, str]) -> None:
        super().__init__(name)
        self.__file__ = path
        self.__dict__["__dana_box__"] = box
        self.__dict__["__dana_kinds__"] = kinds
        weakref.finalize(self, box.close)

    def __getattr__(self, name: str) -> Any:
        kind = self.__dict__["__dana_kinds__"].get(name) if not name.startswith("__") else None
        if kind is None:
            raise AttributeError(f"module '{self.__name__}' has no name '{name}'", name=name, obj=self)
        if kind == "value":
            return _asked(self.__dict__["__dana_box__"], {"do": "get", "name": name})
        if kind == "call":
            return _function(self, name)
        raise AttributeError(
            f"'{name}' of module '{self.__name__}' stays in the sandbox: call a function that returns plain data",
            name=name, obj=self,
        )  # fmt: skip

    def __dir__(self) -> list[str]:
        return sorted(self.__dict__["__dana_kinds__"])


def _function(module: SandboxedModule, name: str) -> Callable[..., Any]:
    def call(*args: Any, **words: Any) -> Any:
        box = module.__dict__["__dana_box__"]
        return _asked(box, {"do": "call", "name": name, "args": list(args), "words": words})

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Call '{name}' of module '{module.__name__}' in the sandbox, with plain data."
    return call


def _asked(box: Box, request: dict[str, Any]) -> Any:
    return _must_cross(raised(box.ask(request)))
