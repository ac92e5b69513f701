"""What one input of the session does: run it and show the value, answer `?name`, obey `:commands`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TextIO

from dana_poet.errors import DanaError
from dana_poet.runtime.policy import Policy
from dana_poet.runtime.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

BANNER = "Dana {version}. ?name shows what a name is, :help lists commands, Ctrl-D leaves."
COMMANDS = {
    ":help": "list the commands",
    ":python": "show or hide the Python of each input",
    ":names": "list the names of this session",
    ":reset": "forget all names",
    ":quit": "leave",
}


class Repl:
    """One interactive session. `show` writes a line for the user."""

    def __init__(
        self,
        *,
        state: str | None = None,
        allow_imports: frozenset[str] = frozenset(),
        show: Callable[[str], None] = print,
    ) -> None:
        self.state = state
        self.policy = Policy(allow_imports)
        self.show = show
        self.shows_python = False
        self.session = self._new_session()
        self.left = False

    def _new_session(self) -> Session:
        return Session(state=self.state, policy=self.policy, capture=False)

    def is_complete(self, text: str) -> bool:
        """Whether an input can be run as it is, or needs more lines."""
        from dana_grammar.parse import is_incomplete

        stripped = text.strip()
        if stripped.startswith(("?", ":")) or not stripped:
            return True
        lines = text.split("\n")
        if len(lines) > 1 and lines[-1].strip() and lines[-1][:1] in " \t":
            return False  # a block goes on until an empty line, as in Python's own session
        return not is_incomplete(text)

    @staticmethod
    def is_open(text: str) -> bool:
        """Whether an input cannot end with an empty line: in brackets, in text, in a block without lines."""
        from dana_grammar.parse import is_incomplete

        return bool(text.strip()) and is_incomplete(text)

    def answer(self, text: str) -> None:
        """Do what one complete input says; errors are shown and leave the session as it was."""
        stripped = text.strip()
        if not stripped:
            return
        if _asks_about(stripped):
            self.show(self.about(stripped.strip("? ")))
        elif stripped.startswith(":"):
            self._command(stripped)
        else:
            self._run(text)

    def _run(self, text: str) -> None:
        from dana_poet.runtime.tracebacks import report

        if self.shows_python:
            self._show_python(text)
        try:
            value = self.session.run(text).value
            shown = None if value is None else _shown(value)
        except KeyboardInterrupt:
            self.show("interrupted")
        except Exception as error:  # noqa: BLE001 - whatever the input raises is shown, and the session goes on
            self.show(report(error, color=sys.stdout.isatty()))
        else:
            if shown is not None:
                self.session.names["_"] = value
                self.show(shown)

    def _show_python(self, text: str) -> None:
        from dana_grammar.errors import DanaSourceError
        from dana_poet.runtime.session import transpile

        try:
            lines = transpile(text).split("\n")
        except DanaSourceError:
            return
        self.show("\n".join(f"    {line}" for line in lines if line != "from __future__ import annotations"))

    def _command(self, text: str) -> None:
        word = text.split(maxsplit=1)[0]
        if word == ":python":
            self.shows_python = not self.shows_python
            self.show(f"Python is {'shown' if self.shows_python else 'hidden'}")
        elif word == ":names":
            self.show("  ".join(self.names()) or "no names yet")
        elif word == ":reset":
            self.session = self._new_session()
            self.show("all names are forgotten")
        elif word in {":quit", ":exit", ":q"}:
            self.left = True
        elif word in {":help", ":h"}:
            self.show("\n".join(f"{name:<9} {about}" for name, about in COMMANDS.items()))
        else:
            self.show(f"there is no command {word}; :help lists them")

    def names(self) -> list[str]:
        """Return the names that the session's inputs defined."""
        return sorted(name for name in self.session.names if not name.startswith("_"))

    def value_of(self, dotted: str) -> tuple[bool, Any]:
        """Return whether a dotted name can be followed without running anything, and its value."""
        first, *rest = dotted.split(".")
        if first in self.session.names:
            value = self.session.names[first]
        else:
            from dana_poet.runtime.builtins import find_builtin

            value = find_builtin(first)
            if value is None:
                return False, None
        if _is_unkept_promise(value):
            return False, None  # looking at it would wait
        for name in rest:
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif not name.startswith("_") and hasattr(value, name):
                value = getattr(value, name)
            else:
                return False, None
        return True, value

    def about(self, dotted: str) -> str:
        """Return what `?name` shows: type, signature or fields, documentation."""
        if not dotted:
            return "?name shows what a name is"
        found, value = self.value_of(dotted)
        if not found:
            return f"'{dotted}' is not defined"
        from dana_poet.runtime.types import type_text

        lines = [f"{dotted}: {type_text(value)}"]
        fields = getattr(value, "__dana_fields__", None)
        if isinstance(fields, dict):
            from dana_poet.runtime.coerce import type_name

            lines += [
                f"  {name}: {type_name(kind)}{' = ...' if default else ''}" for name, (kind, default) in fields.items()
            ]
        elif callable(value):
            lines.append(f"  {dotted}{_signature(value)}")
        else:
            lines.append(f"  {_shown(value)}")
        doc = getattr(value, "__doc__", None)
        if doc and (callable(value) or fields):
            lines += ["", str(doc).strip()]
        return "\n".join(lines)

    def read_plainly(self, stream: TextIO) -> int:
        """Read inputs line by line from what is no terminal; return the exit code."""
        pending: list[str] = []
        for line in stream:
            pending.append(line.rstrip("\n"))
            text = "\n".join(pending)
            if self.is_complete(text) if pending[-1].strip() else not self.is_open(text):
                self._answer_all(pending)
                pending = []
            if self.left:
                return 0
        self._answer_all(pending)
        return 0

    def _answer_all(self, lines: list[str]) -> None:
        self.answer("\n".join(lines))
        sys.stdout.flush()


def _asks_about(text: str) -> bool:
    """Whether an input is `?name`, `name?` or `?` alone."""
    name = text.strip("?").strip()
    return text != name and (text.startswith("?") or all(part.isidentifier() for part in name.split(".")))


def _is_unkept_promise(value: Any) -> bool:
    promises = sys.modules.get("dana_poet.runtime.promise")
    return promises is not None and type(value) is promises.Promise and bool(promises.pending())


def _signature(value: Any) -> str:
    import inspect
    import re

    try:
        return re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(inspect.signature(value)))
    except (TypeError, ValueError, DanaError):
        return "(...)"


def _shown(value: Any) -> str:
    """Return a value as the session shows it, cut where it would fill the screen."""
    text = repr(value)
    return text if len(text) <= 4000 else f"{text[:4000]}... ({len(text)} characters)"
