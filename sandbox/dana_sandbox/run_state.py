"""What one run of a program has done so far: refusals, output, classes it made, facades it imported."""

import sys
from dataclasses import dataclass, field
from types import FrameType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from dana_sandbox.names import STATE
from dana_sandbox.own_classes import is_class, is_metaclass, shows_others, tame
from dana_sandbox.policy import DEFAULT_MODULES, MIB
from dana_sandbox.verdict import Violation

if TYPE_CHECKING:
    from collections.abc import Callable

# A program may try the same forbidden thing in a loop; more than this tells nobody more.
_MOST_REFUSALS = 100


class Refused(BaseException):
    """The policy refused what the program did. The refusal is kept even where the program swallows this."""


class Flood(BaseException):
    """The program printed more than it may."""


class Output:
    """Text that the program printed, up to a number of UTF-8 bytes."""

    def __init__(self, limit: int) -> None:
        self.limit, self.used, self.flooded = limit, 0, False
        self.copy: Callable[[str], None] | None = None  # takes everything as well, at once
        self._parts: list[str] = []

    def write(self, text: str) -> int:
        """Take `text`; Flood once the limit is passed, and from then on."""
        text = str.__str__(text)  # a subclass of str could lie about its length
        size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
        if self.flooded or self.used + size > self.limit:
            self.flooded = True
            raise Flood(f"the program printed more than {self.limit} bytes")
        self.used += size
        self._parts.append(text)
        if self.copy is not None:
            self.copy(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: nothing is held back."""

    def text(self) -> str:
        """Return what was printed before the limit."""
        return "".join(self._parts)


def program_frame() -> FrameType | None:
    """Return the innermost frame of a program that is at work, found by the builtins it runs with."""
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - there is no other door to the caller
    while frame is not None and STATE not in frame.f_builtins:
        frame = frame.f_back
    return frame


@dataclass(slots=True, eq=False)
class RunState:
    """State of one call. `deadline` counts as `time.monotonic` does; `own` are classes that the program made."""

    modules: frozenset[str] = DEFAULT_MODULES
    output_bytes: int = MIB
    deadline: float = float("inf")
    refusals: list[Violation] = field(default_factory=list)
    own: set[type] = field(default_factory=set)
    facades: dict[str, object] = field(default_factory=dict)
    name: str = "sandboxed"
    builtins: dict[str, Any] = field(default_factory=dict)
    module: ModuleType | None = None
    output: Output = field(init=False)

    def __post_init__(self) -> None:
        self.output = Output(self.output_bytes)

    def refuse(self, rule: str, message: str, hint: str = "") -> NoReturn:
        """Keep a refusal at the program's current line, and raise Refused."""
        if len(self.refusals) < _MOST_REFUSALS:
            self.refusals.append(Violation(self.line(), 0, rule, message, hint))
        raise Refused(message)

    def line(self) -> int:
        """Return the line of the program that runs now; 0 where none does."""
        frame = program_frame()
        return frame.f_lineno if frame is not None and frame.f_builtins is self.builtins else 0

    def is_own_function(self, value: object) -> bool:
        """Whether `value` is a function that the program defined."""
        return type(value) is FunctionType and getattr(value, "__builtins__", None) is self.builtins

    def is_own_class(self, value: object) -> bool:
        """Whether `value` is a class that the program made, by itself or through a decorator.

        A class that Python is still making (an enum calls methods of its members), or made again (a dataclass with
        slots), has not been taken down. It is known by its parents, or by the functions it holds: nothing else can
        have functions of the program in it, because no store on a class of the library passes.
        """
        if not is_class(value):
            return False
        if value in self.own:
            return True
        if self.own.isdisjoint(value.__mro__) and not any(map(self.is_own_function, vars(value).values())):
            return False
        if is_metaclass(value) or any(shows_others(base, self.own) for base in value.__mro__[1:]):
            return False
        if tame(value, self.own):  # before the class statement has: a descriptor of the program's can have it first
            return False
        self.own.add(value)
        return True
