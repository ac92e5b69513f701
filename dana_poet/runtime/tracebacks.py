"""Runtime errors in the user's terms: the Dana frames with their columns, our own frames hidden, a code and a hint.

Loaded only when something has failed. What the messages say stands in `explanations`.
"""

from __future__ import annotations

import linecache
import os
import re
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

from dana_grammar import errors
from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.show_error import render_all, to_json
from dana_grammar.span import START, Span
from dana_poet.errors import DanaError
from dana_poet.runtime.explanations import code_of, explained
from dana_poet.runtime.paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType, FrameType, TracebackType

LIBRARIES = (
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
    os.path.dirname(os.path.abspath(errors.__file__)),
    os.path.dirname(os.path.abspath(linecache.__file__)),
)  # fmt: skip
"""Folders of Python code that is not the user's own."""
FILE_IN_NOTE = re.compile(r"(?<=\()/[^():]+\.na(?=:\d)")
TOLD = "__dana_failure__"
"""Marks an error that was raised in the sandbox: it carries its failure as it was told there."""
INLINE = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>"})
MAX_CALLS = 30
MAX_PERIOD = 8


class Frame:
    """One Dana frame of a failed call: where it stood and in which function."""

    __slots__ = ("_frame", "file", "function", "span")

    def __init__(self, traceback: TracebackType) -> None:
        self._frame: FrameType = traceback.tb_frame
        code = self._frame.f_code
        self.file = code.co_filename
        self.function = code.co_name
        self.span = span_at(code, traceback.tb_lasti, traceback.tb_lineno)

    @property
    def names(self) -> dict[str, Any]:
        """The names that the code here could use."""
        return {**self._frame.f_globals, **self._frame.f_locals}

    @property
    def line(self) -> str:
        """The first source line of the operation."""
        return linecache.getline(self.file, self.span.line)

    @property
    def text(self) -> str:
        """The source of the operation, as far as it stands on its first line."""
        line = self.line.rstrip("\n")
        end = self.span.end_column - 1 if self.span.end_line == self.span.line else len(line)
        return line[self.span.column - 1 : end]

    @property
    def where(self) -> str:
        """The function as people call it."""
        if self.function == "<module>":
            return "the program" if self._frame.f_globals.get("__name__") == "__main__" else "the module"
        name = self._frame.f_code.co_qualname.rpartition("<locals>.")[2]
        return {"<lambda>": "a lambda", "<genexpr>": "a generator"}.get(self.function, name)


def is_dana(file: str) -> bool:
    """Whether a code object's file is Dana text."""
    return file.endswith(".na") or file.startswith(("<input", "<dana", "<text"))


def frames_of(error: BaseException) -> list[Frame]:
    """Return the Dana frames of an error, outermost first.

    A comprehension belongs to the line around it. A struct's own check is not shown: the mistake is where the struct
    is made.
    """
    found: list[Frame] = []
    for traceback in _chain(error.__traceback__):
        if is_dana(traceback.tb_frame.f_code.co_filename):
            frame = Frame(traceback)
            if frame.function in INLINE and found:
                found.pop()
            found.append(frame)
    if len(found) > 1 and found[-1].function == "__init__" and isinstance(error, DanaError):
        found.pop()
    return found


def _chain(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def span_at(code: CodeType, instruction: int, fallback: int | None = None) -> Span:
    """Return the place of an instruction; only its line, `fallback`, when more is not known."""
    positions = islice(code.co_positions(), instruction // 2, None)
    line, end_line, column, end_column = next(positions, (None, None, None, None))
    if line is None or end_line is None or column is None or end_column is None:
        line = line or fallback or 1
        return Span(line, 1, line, 2)
    file = code.co_filename
    start = _characters(file, line, column) + 1
    first = linecache.getline(file, line).rstrip()
    if end_line > line and first.endswith(":"):
        return Span(line, start, line, len(first) + 1)  # of a block, the line that opens it
    return Span(line, start, end_line, _characters(file, end_line, end_column) + 1)


def _characters(file: str, line: int, offset: int) -> int:
    """Return how many characters stand before a byte offset of a line."""
    text = linecache.getline(file, line)
    return offset if text.isascii() else len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


def diagnostics_of(error: BaseException, file: str = "<dana>") -> tuple[Diagnostic, ...]:
    """Return an error as diagnostics: all of a text that is wrong, or one for a program that failed."""
    if isinstance(error, DanaSourceError):
        return error.diagnostics
    return (_diagnostic(error, frames_of(error), file),)


def _diagnostic(error: BaseException, frames: list[Frame], file: str = "<dana>") -> Diagnostic:
    message, hint = explained(error, frames)
    origin = _origin(error)
    place = frames[-1].span if frames else origin.span if origin else START
    where = frames[-1].file if frames else origin.file if origin else file
    if isinstance(error, DanaError) and error.span is not None:
        place, where = error.span, error.file or where
    return Diagnostic(code=code_of(error), message=message or type(error).__name__, span=place, hint=hint, file=where)


class Failure:
    """All there is to tell about an error: the calls that led there, the diagnostics, notes, what caused it."""

    __slots__ = ("calls", "cause", "cause_is_meant", "diagnostics", "kind", "notes")

    def __init__(self, error: BaseException, file: str = "<dana>") -> None:
        told = getattr(error, TOLD, None)
        if told is not None:
            for name in self.__slots__:
                setattr(self, name, getattr(told, name))
            return
        frames = frames_of(error)
        self.kind = type(error).__name__
        self.notes: list[str] = []
        self.cause: Failure | None = None
        self.cause_is_meant = error.__cause__ is not None
        if isinstance(error, DanaSourceError):
            self.calls, self.diagnostics = frames, error.diagnostics
            return
        self.calls, self.diagnostics = frames[:-1], (_diagnostic(error, frames, file),)
        self.notes = _notes(error, frames)
        earlier = error.__cause__ if self.cause_is_meant or error.__suppress_context__ else error.__context__
        if earlier is not None and _tells_more(earlier, frames):
            self.cause = Failure(earlier, file)

    def data(self) -> dict[str, Any]:
        """Return the failure as plain data."""
        return {
            "type": self.kind,
            "calls": _calls_data(self.calls),
            "diagnostics": [to_json(_near(one)) for one in self.diagnostics],
            "notes": self.notes,
            "cause": self.cause.data() if self.cause else None,
        }  # fmt: skip

    def text(self, *, color: bool = False) -> str:
        """Return what the command line prints."""
        pieces = _calls(self.calls)
        pieces.append(render_all(map(_near, self.diagnostics), _texts(self.diagnostics), color=color))
        pieces += [f"   note: {note}" for note in self.notes]
        if self.cause is not None:
            pieces += ["caused by:" if self.cause_is_meant else "while handling:", self.cause.text(color=color)]
        return "\n".join(piece.rstrip("\n") for piece in pieces)


class Origin:
    """Where a promise was made that could not be kept."""

    __slots__ = ("file", "span")

    def __init__(self, code: CodeType, instruction: int) -> None:
        self.file, self.span = code.co_filename, span_at(code, instruction, code.co_firstlineno)

    def __str__(self) -> str:
        return f"{shown_path(self.file)}:{self.span.line}:{self.span.column}"


def _origin(error: BaseException) -> Origin | None:
    known = getattr(error, "__dana_origin__", None)
    return Origin(*known) if known is not None else None


def _notes(error: BaseException, frames: list[Frame]) -> list[str]:
    """Return what was noted on the way, where a promise was made, and where in the user's Python an error comes from."""
    notes = [
        FILE_IN_NOTE.sub(lambda found: shown_path(found.group()), str(note)) for note in getattr(error, "__notes__", ())
    ]
    origin = _origin(error)
    if origin is not None and frames and (origin.file, origin.span) != (frames[-1].file, frames[-1].span):
        notes.append(f"the promise was made at {origin}")
    return notes + _in_python(error)


def _near(diagnostic: Diagnostic) -> Diagnostic:
    from dataclasses import replace

    return replace(diagnostic, file=shown_path(diagnostic.file))


def _tells_more(earlier: BaseException, frames: list[Frame]) -> bool:
    """Whether an earlier error was the program's own, and not Python's first answer to the same operation."""
    before = frames_of(earlier)
    known = {(frame.file, frame.span.line) for frame in frames}
    return bool(before) and (before[-1].file, before[-1].span.line) not in known


def _in_python(error: BaseException) -> list[str]:
    """Return where in a Python module of the user an error was raised, when it was not raised in Dana text."""
    tracebacks = list(_chain(error.__traceback__))
    if not tracebacks:
        return []
    last = tracebacks[-1]
    code = last.tb_frame.f_code
    file = code.co_filename
    if is_dana(file) or file.startswith((*LIBRARIES, "<")) or "-packages" in file:
        return []
    return [f"raised by Python in {code.co_name}, {shown_path(file)}:{last.tb_lineno}"]


def place_text(error: BaseException) -> str:
    """Return `file:line:column` of the Dana text that an error comes from, or nothing."""
    frames = frames_of(error)
    if not frames:
        return ""
    return f"{shown_path(frames[-1].file)}:{frames[-1].span.line}:{frames[-1].span.column}"


def report(error: BaseException, *, color: bool = False, python: bool = False) -> str:
    """Return what the command line prints for an error: the calls that led there, then the failure itself.

    With `python` the whole Python traceback comes first.
    """
    text = Failure(error).text(color=color)
    if not python:
        return text
    import traceback

    return "".join(traceback.format_exception(error)) + "\n" + text


def _calls(frames: list[Frame]) -> list[str]:
    """Return two lines for each call that led to the failure; repetitions and what is very long are cut."""
    shown: list[str] = []
    for run, count in _grouped(frames):
        shown += [_call(frame) for frame in run]
        if count > 1:
            calls = "call" if len(run) == 1 else f"{len(run)} calls"
            shown.append(f"   ... the last {calls} {count - 1} more time{'' if count == 2 else 's'}")
    if len(shown) <= MAX_CALLS:
        return shown
    half = MAX_CALLS // 2
    return [*shown[:half], f"   ... {len(shown) - 2 * half} more calls", *shown[-half:]]


def _calls_data(frames: list[Frame]) -> list[dict[str, Any]]:
    """Return the same as data; `times` says how often a run of calls was made one after the other."""
    calls = [
        {"file": shown_path(one.file), "line": one.span.line, "column": one.span.column, "function": one.where,
         "text": one.line.strip(), "times": count}
        for run, count in _grouped(frames)
        for one in run
    ]  # fmt: skip
    return calls if len(calls) <= MAX_CALLS else calls[: MAX_CALLS // 2] + calls[-MAX_CALLS // 2 :]


def _grouped(frames: list[Frame]) -> Iterator[tuple[list[Frame], int]]:
    """Yield runs of calls, and how often each was made one after the other."""
    places = [(frame.file, frame.span.line, frame.span.column) for frame in frames]
    index = 0
    while index < len(frames):
        period, count = _repeated(places, index)
        yield frames[index : index + period], count
        index += period * count


def _repeated(places: list[tuple[str, int, int]], index: int) -> tuple[int, int]:
    """Return the length of the run of calls at `index` that is repeated at least three times, and how often."""
    for period in range(1, MAX_PERIOD + 1):
        run = places[index : index + period]
        count = 1
        while places[index + period * count : index + period * (count + 1)] == run:
            count += 1
        if count >= 3:
            return period, count
    return 1, 1


def _call(frame: Frame) -> str:
    where = f"{shown_path(frame.file)}:{frame.span.line}:{frame.span.column}: in {frame.where}"
    return f"{where}\n      {frame.line.strip()}"


def _texts(diagnostics: tuple[Diagnostic, ...]) -> dict[str, str]:
    """Return the text of each file that diagnostics name, as far as it can be read."""
    texts = {}
    for diagnostic in diagnostics:
        shown = shown_path(diagnostic.file)
        if shown not in texts:
            linecache.checkcache(diagnostic.file)
            texts[shown] = "".join(linecache.getlines(diagnostic.file))
    return texts


def print_report(error: BaseException, *, python: bool = False) -> None:
    """Print an error on standard error, with colour on a terminal."""
    color = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    sys.stderr.write(report(error, color=color, python=python) + "\n")
