"""The interactive session: `dana-poet repl`. On a terminal prompt_toolkit edits, otherwise a plain loop reads lines."""

from __future__ import annotations

import sys

from dana_poet.repl.loop import Repl

__all__ = ["Repl", "start"]


def start(*, state: str | None = None, allow_imports: frozenset[str] = frozenset()) -> int:
    """Run a session until its user leaves; return the exit code."""
    repl = Repl(state=state, allow_imports=allow_imports)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from dana_poet.repl.terminal import read_from_terminal

        return read_from_terminal(repl)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="surrogateescape")  # bytes that are no text are a mistake of one input
    return repl.read_plainly(sys.stdin)
