"""Runtime errors in the user's terms: the Dana frames with their columns, our own frames hidden, a code and a hint.

Loaded only when something has failed.
"""

from __future__ import annotations

import difflib
import linecache
import re
import sys
from typing import TYPE_CHECKING, Any

from dana_grammar.errors import DanaSourceError, Diagnostic
from dana_grammar.show_error import render_all
from dana_grammar.span import START, Span
from dana_poet.errors import DanaError
from dana_poet.runtime.builtins import REFUSED
from dana_poet.runtime.failures import message_of

if TYPE_CHECKING:
    from types import TracebackType

NATIVE_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (NameError, "D1001"), (ZeroDivisionError, "D2020"), (KeyError, "D2021"), (IndexError, "D2022"),
    (RecursionError, "D2023"), (AssertionError, "D2024"), (ImportError, "D2005"), (AttributeError, "D2003"),
    (TypeError, "D2001"), (ValueError, "D2002"), (KeyboardInterrupt, "D2025"), (MemoryError, "D2026"),
)  # fmt: skip
ARITY = re.compile(r"^(?:<lambda>|([\w.<>]+))\(\) missing \d+ required (positional|keyword-only) arguments?: (.*)$")
UNEXPECTED = re.compile(r"^([\w.<>]+)\(\) got an unexpected keyword argument '(\w+)'")
TOO_MANY = re.compile(r"^([\w.<>]+)\(\) takes (.+) positional arguments? but (\d+) (?:was|were) given$")
UNDEFINED = re.compile(r"^(?:name|free variable|cannot access local variable|local variable) '(\w+)'")
CONCATENATE = re.compile(r"unsupported operand type\(s\) for (\S+): '(\w+)' and '(\w+)'")


class Frame:
    """One Dana frame of a failed call: where it stood and in which function."""

    __slots__ = ("file", "function", "names", "span")

    def __init__(self, file: str, span: Span, function: str, names: dict[str, Any]) -> None:
        self.file, self.span, self.function, self.names = file, span, function, names


def is_dana(file: str) -> bool:
    """Whether a code object's file is Dana text."""
    return file.endswith(".na") or file.startswith(("<input", "<dana", "<text"))


def frames_of(error: BaseException) -> list[Frame]:
    """Return the Dana frames of an error, outermost first."""
    found = []
    traceback: TracebackType | None = error.__traceback__
    while traceback is not None:
        frame = traceback.tb_frame
        if is_dana(frame.f_code.co_filename):
            span = _span_of(traceback)
            names = {**frame.f_globals, **frame.f_locals}
            found.append(Frame(frame.f_code.co_filename, span, frame.f_code.co_name, names))
        traceback = traceback.tb_next
    return found


def _span_of(traceback: TracebackType) -> Span:
    code = traceback.tb_frame.f_code
    for index, position in enumerate(code.co_positions()):
        if index == traceback.tb_lasti // 2:
            line, end_line, column, end_column = position
            if line is None or end_line is None or column is None or end_column is None:
                break
            file = code.co_filename
            return Span(line, _characters(file, line, column) + 1, end_line, _characters(file, end_line, end_column) + 1)
    line = traceback.tb_lineno or 1
    return Span(line, 1, line, 2)


def _characters(file: str, line: int, offset: int) -> int:
    """Return how many characters stand before a byte offset of a line."""
    text = linecache.getline(file, line)
    return offset if text.isascii() else len(text.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


def code_of(error: BaseException) -> str:
    """Return the diagnostic code of an error."""
    if isinstance(error, DanaError):
        return error.code
    return next((code for kind, code in NATIVE_CODES if isinstance(error, kind)), "D2000")


def explained(error: BaseException, frames: list[Frame]) -> tuple[str, str]:
    """Return message and hint for an error, in the terms of the program that failed."""
    if isinstance(error, DanaError):
        return error.message, error.hint
    message = message_of(error)
    if isinstance(error, NameError):
        return _undefined(error, frames)
    if isinstance(error, TypeError):
        return _type_error(message, frames)
    if isinstance(error, AttributeError) and error.name and error.obj is not None:
        from dana_poet.runtime.members import missing_member

        better = missing_member(error.obj, error.name)
        return better.message, better.hint
    if isinstance(error, RecursionError):
        return "the program calls itself too deeply", "give the recursion an end, or use a loop"
    if isinstance(error, ZeroDivisionError):
        return message, "test the divisor before dividing"
    if isinstance(error, AssertionError):
        return message or "the assertion does not hold", ""
    return message, ""


def _undefined(error: NameError, frames: list[Frame]) -> tuple[str, str]:
    found = UNDEFINED.match(str(error))
    name = error.name or (found.group(1) if found else "")
    if not name:
        return str(error), ""
    if name in REFUSED:
        return f"'{name}' is not part of Dana", REFUSED[name]
    if "referenced before assignment" in str(error) or "not associated with a value" in str(error):
        return f"'{name}' is read before it has a value here", "assign it first; assignments in a function are local to it"
    known = list(frames[-1].names) if frames else []
    if frames:
        known += list(frames[-1].names.get("__builtins__", {}))
    near = difflib.get_close_matches(name, [other for other in known if not other.startswith("_")], 1)
    hint = f"did you mean '{near[0]}'?" if near else "assign it first, import it, or write private:x for a scoped one"
    return f"'{name}' is not defined", hint


def _type_error(message: str, frames: list[Frame]) -> tuple[str, str]:
    missing = ARITY.match(message)
    if missing:
        return f"{_callable(missing.group(1))} needs a value for {missing.group(3)}", ""
    unexpected = UNEXPECTED.match(message)
    if unexpected:
        return _unexpected(unexpected.group(1), unexpected.group(2), frames)
    many = TOO_MANY.match(message)
    if many:
        return f"{_callable(many.group(1))} takes {many.group(2)} arguments, {many.group(3)} were given", ""
    operands = CONCATENATE.match(message)
    if operands:
        symbol, left, right = operands.groups()
        names = f"{_dana_type(left)} and {_dana_type(right)}"
        return f"'{symbol}' does not work between {names}", ""
    return message.replace("NoneType", "None"), ""


def _dana_type(name: str) -> str:
    return "None" if name == "NoneType" else name


def _callable(name: str | None) -> str:
    if not name or "<lambda>" in name:
        return "the lambda"
    return name.removesuffix(".__init__").rpartition("<locals>.")[2] + "()"


def _unexpected(function: str, keyword: str, frames: list[Frame]) -> tuple[str, str]:
    short = function.removesuffix(".__init__")
    target = frames[-1].names.get(short.rpartition(".")[2]) if frames else None
    fields = getattr(target, "__dana_fields__", None)
    code = getattr(target, "__code__", None)
    known = list(fields) if fields else list(code.co_varnames[: code.co_argcount]) if code is not None else []
    what = "field" if fields else "parameter"
    near = difflib.get_close_matches(keyword, known, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"it takes {', '.join(known)}" if known else ""
    return f"{short}() has no {what} '{keyword}'", hint


def diagnostics_of(error: BaseException, file: str = "<dana>") -> tuple[Diagnostic, ...]:
    """Return an error as diagnostics: all of a text that is wrong, or one for a program that failed."""
    if isinstance(error, DanaSourceError):
        return error.diagnostics
    frames = frames_of(error)
    message, hint = explained(error, frames)
    kind = type(error).__name__
    if not isinstance(error, DanaError) and not isinstance(error, NameError):
        message = f"{kind}: {message}" if message else kind
    place = frames[-1].span if frames else START
    where = frames[-1].file if frames else file
    if isinstance(error, DanaError) and error.span is not None:
        place, where = error.span, error.file or where
    return (Diagnostic(code=code_of(error), message=message, span=place, hint=hint, file=where),)


def report(error: BaseException, *, color: bool = False, python: bool = False) -> str:
    """Return what the command line prints for an error: the calls that led there, then the failure itself.

    With `python` the whole Python traceback comes first.
    """
    pieces = []
    if python:
        import traceback

        pieces.append("".join(traceback.format_exception(error)))
    if isinstance(error, DanaSourceError):
        pieces.append(render_all(error.diagnostics, _texts(error.diagnostics), color=color))
        return "\n".join(pieces)
    frames = frames_of(error)
    pieces.extend(_calls(frames[:-1]))
    (diagnostic,) = diagnostics_of(error)
    pieces.append(render_all((diagnostic,), _texts((diagnostic,)), color=color))
    pieces.extend(f"   note: {note}" for note in getattr(error, "__notes__", ()))
    cause = error.__cause__
    if cause is not None and not isinstance(error, DanaError):
        pieces.append("caused by:\n" + report(cause, color=color))
    return "\n".join(piece.rstrip("\n") for piece in pieces)


def _calls(frames: list[Frame]) -> list[str]:
    """Return one or two lines for each call that led to the failure; long repetitions are cut."""
    shown: list[str] = []
    previous, repeated = ("", 0), 0
    for frame in frames:
        place = (frame.file, frame.span.line)
        if place == previous:
            repeated += 1
            continue
        if repeated:
            shown.append(f"   ... {repeated} more calls like this")
        previous, repeated = place, 0
        function = "the program" if frame.function == "<module>" else frame.function
        line = linecache.getline(frame.file, frame.span.line).strip()
        shown.append(f"{frame.file}:{frame.span.line}:{frame.span.column}: in {function}\n      {line}")
    if repeated:
        shown.append(f"   ... {repeated} more calls like this")
    return shown if len(shown) <= 40 else [*shown[:20], f"   ... {len(shown) - 40} calls ...", *shown[-20:]]


def _texts(diagnostics: tuple[Diagnostic, ...]) -> dict[str, str]:
    """Return the text of each file that diagnostics name, as far as it can be read."""
    texts = {}
    for diagnostic in diagnostics:
        if diagnostic.file not in texts:
            linecache.checkcache(diagnostic.file)
            texts[diagnostic.file] = "".join(linecache.getlines(diagnostic.file))
    return texts


def remember_text(file: str, text: str) -> None:
    """Let traces and debuggers show the lines of a text that is in no file."""
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)




def print_report(error: BaseException, *, python: bool = False) -> None:
    """Print an error on standard error, with colour on a terminal."""
    color = sys.stderr.isatty()
    print(report(error, color=color, python=python), file=sys.stderr)
