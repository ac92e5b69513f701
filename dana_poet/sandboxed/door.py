"""The host's answers to a program in the sandbox: texts of its own modules, its output, and a model where one is named."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

from dana_poet.errors import DanaError, DanaValueError
from dana_poet.runtime.modules import LIBRARY_FOLDER
from dana_sandbox.service import Ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.llm import LanguageModel

INSIDE = "/dana"
"""What the program's folder is called inside the sandbox, so that it learns nothing about where it really is."""

MOST_NAMES = 2000
LONGEST_PATH = 1024
MOST_QUESTIONS = 50
LONGEST_PROMPT = 200_000
STREAMS = ("out", "log")


class ModuleFiles:
    """Hands out `.na` files of one folder and of the library, and nothing else. Links that lead outside lead nowhere."""

    def __init__(self, folder: str, *, own_folder: bool, most_bytes: int) -> None:
        self.roots = {INSIDE: os.path.realpath(folder)} if own_folder else {}
        if os.path.isdir(LIBRARY_FOLDER):
            self.roots[LIBRARY_FOLDER] = os.path.realpath(LIBRARY_FOLDER)
        self._most_bytes = most_bytes
        self.shown: dict[str, str] = {}
        """Files that the program knows: the name inside, and the real path."""

    def real(self, path: object) -> str | None:
        """Return the real path of a name inside, None for anything that is no plain path below a root."""
        if not isinstance(path, str) or len(path) > LONGEST_PATH or "\0" in path or os.path.normpath(path) != path:
            return None
        for name, root in self.roots.items():
            if path == name or path.startswith(name + "/"):
                found = os.path.realpath(root + path[len(name) :])
                return found if found == root or found.startswith(root.rstrip("/") + "/") else None
        return None

    def look(self, path: object) -> str:
        """Return what a path is: `file` for a module, `folder`, or nothing."""
        real = self.real(path)
        if real is None:
            return ""
        if os.path.isdir(real):
            return "folder"
        return "file" if str(path).endswith(".na") and real.endswith(".na") and _is_plain_file(real) else ""

    def names(self, path: object) -> list[str]:
        """Return the modules and folders in a folder."""
        real = self.real(path)
        if real is None or not os.path.isdir(real):
            return []
        names = sorted(os.listdir(real))[:MOST_NAMES]
        return [name for name in names if name.endswith(".na") or os.path.isdir(os.path.join(real, name))]

    def read(self, path: object) -> str | None:
        """Return the text of a module, None when it is not there or too long."""
        real = self.real(path)
        if real is None or self.look(path) != "file":
            return None
        try:
            with open(real, "rb") as stream:
                data = stream.read(self._most_bytes + 1)
            text = data.decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None
        if len(data) > self._most_bytes:
            return None
        self.shown[str(path)] = real
        return text


def _is_plain_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


class Printer:
    """Takes what the program prints and logs. The worker counts too, but only this count can be believed."""

    def __init__(self, write: Callable[[str, str], object], most_bytes: int) -> None:
        self._write = write
        self._left = most_bytes

    def __call__(self, pieces: object) -> None:
        """Write `[[stream, text], ...]`. Ended beyond the limit, and for anything else."""
        for piece in pieces if isinstance(pieces, list) else [None]:
            match piece:
                case [str() as stream, str() as text] if stream in STREAMS:
                    self._left -= len(text.encode("utf-8", "surrogatepass"))
                    if self._left < 0:
                        raise Ended("output", "")
                    self._write(stream, text)
                case _:
                    raise Ended("crashed", "what it prints is no text")


class ModelDoor:
    """Asks the model that the user named, a limited number of times. The program chooses neither model nor server."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._left = MOST_QUESTIONS

    def __call__(self, question: object) -> dict[str, Any]:
        """Return the answer to one question, or what went wrong, as plain data."""
        self._left -= 1
        if self._left < 0:
            return _no(f"a program in the sandbox asks at most {MOST_QUESTIONS} questions")
        try:
            reply = self._model.complete(_request(question))
        except DanaError as error:
            return _no(error.message, error.hint)
        except Exception as error:  # noqa: BLE001 - a model of the host's own may fail in its own way
            return _no(str(error), kind=type(error).__name__)
        return {"text": str(reply.text), "model": str(reply.model), "finish": str(reply.finish)}


def _no(message: str, hint: str = "", kind: str = "") -> dict[str, Any]:
    return {"error": message, "hint": hint, "kind": kind}


def _request(question: Any) -> Any:
    """Return the question of a program as a request. DanaValueError where it is none."""
    from dana_poet.llm import Message, Request

    match question:
        case {
            "messages": [_, *_] as messages, "temperature": None | int() | float() as temperature,
            "max_tokens": None | int() as most, "schema": None | dict() as schema, "schema_name": str() as name,
        } if len(messages) <= 1000:  # fmt: skip
            turns = tuple(_message(Message, one) for one in messages)
            if sum(len(turn.content) for turn in turns) > LONGEST_PROMPT:
                raise DanaValueError(f"a question holds at most {LONGEST_PROMPT:,} characters")
            return Request(
                messages=turns, temperature=temperature, max_tokens=most, schema=schema, schema_name=name[:60]
            )
        case _:
            raise DanaValueError("the question to the model is malformed")


def _message(made: Any, one: object) -> Any:
    match one:
        case [str() as role, str() as content]:
            return made(role, content)
        case _:
            raise DanaValueError("a turn of the question is malformed")
