"""The session on a terminal: editing, history, completion, several lines, Ctrl-C. The one door to prompt_toolkit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings

from dana_poet.repl.loop import BANNER, COMMANDS
from dana_poet.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prompt_toolkit.document import Document
    from prompt_toolkit.history import History
    from prompt_toolkit.key_binding.key_processor import KeyPressEvent

    from dana_poet.repl.loop import Repl

KEYWORDS = (
    "agent agent_blueprint and as assert break case continue def deliver del elif else except export false finally for "
    "from if import in interface is lambda match module none not or pass pipeline private public raise resource return "
    "state struct system true try while with workflow"
).split()  # fmt: skip


class NameCompleter(Completer):
    """Completes names, fields after a dot, keywords and commands."""

    def __init__(self, repl: Repl) -> None:
        self.repl = repl

    def get_completions(self, document: Document, complete_event: Any) -> Iterator[Completion]:
        """Yield what could stand at the cursor."""
        del complete_event
        text = document.text_before_cursor
        word = _last_word(text)
        for candidate in candidates(self.repl, text, word):
            last = word.rpartition(".")[2]
            if candidate.startswith(last) and candidate != last:
                yield Completion(candidate, start_position=-len(last))


def candidates(repl: Repl, text: str, word: str) -> list[str]:
    """Return the names that may complete `word`, the end of `text`."""
    if text.lstrip().startswith(":"):
        return [command.lstrip(":") for command in COMMANDS]
    owner, dot, _ = word.rpartition(".")
    if dot:
        found, value = repl.value_of(owner)
        if not found:
            return []
        keys = [key for key in value if isinstance(key, str) and key.isidentifier()] if isinstance(value, dict) else []
        return sorted({*keys, *(name for name in dir(value) if not name.startswith("_"))})
    from dana_poet.runtime.builtins import public_names

    return sorted({*repl.names(), *public_names(), *KEYWORDS})


def _last_word(text: str) -> str:
    start = len(text)
    while start and (text[start - 1].isidentifier() or text[start - 1].isdigit() or text[start - 1] == "."):
        start -= 1
    return text[start:]


def _history() -> History:
    """Return the history file of this user, in memory where none can be written."""
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    folder = os.path.join(base, "dana-poet")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, "history")
        with open(path, "ab"):
            pass
    except OSError:
        return InMemoryHistory()
    return FileHistory(path)


def _bindings(repl: Repl) -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter")
    def enter(event: KeyPressEvent) -> None:
        """Run a complete input; otherwise go on in the next line, indented like this one."""
        buffer = event.current_buffer
        text = buffer.text
        blank = "\n" in text and not text.split("\n")[-1].strip() and not repl.is_open(text.rstrip(" "))
        if not buffer.document.is_cursor_at_the_end or not (blank or repl.is_complete(text)):
            line = buffer.document.current_line
            indent = line[: len(line) - len(line.lstrip())] + ("    " if line.rstrip().endswith(":") else "")
            buffer.insert_text("\n" + indent)
            return
        buffer.validate_and_handle()

    return bindings


def read_from_terminal(repl: Repl) -> int:
    """Read and answer inputs until the user leaves; return the exit code."""
    prompt: PromptSession[str] = PromptSession(
        history=_history(), completer=NameCompleter(repl), complete_while_typing=False, multiline=True,
        key_bindings=_bindings(repl), prompt_continuation=lambda width, _line, _wrapped: "... ".rjust(width),
    )  # fmt: skip
    print(BANNER.format(version=__version__))
    while not repl.left:
        try:
            repl.answer(prompt.prompt("dana> "))
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
    return 0
