"""Programs that keep state, for tests of state under the sandbox."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import dana_poet
from dana_poet.sandboxed.limits import DEFAULT

if TYPE_CHECKING:
    from pathlib import Path

INSIDE = dana_poet.Policy.sandboxed()
OUTSIDE = dana_poet.Policy()
SHORT = dana_poet.Policy.sandboxed(limits=replace(DEFAULT, wall_seconds=1.0))
COUNTER = """\
struct P:
    x: int
agent Counter:
    step: int = 1
    state:
        n: int
        seen: list[any]
    def up(self):
        self.n += self.step
        self.seen.append((self.n, P(x=self.n), 0.5, "ä\\n", float("inf"), 2 ** 2000))
        return self.n
    def put(self, value):
        self.seen = [value]
"""
UP = COUNTER + "print(Counter.up(), Counter.recall('k'))\nCounter.remember('k', {'a': (1, {2})})\n"
LOOK = COUNTER + "print(Counter.n)\n"


def said(text: str, kept: Path, policy: dana_poet.Policy = INSIDE) -> str:
    """Run a text as a file of its own; return what it printed."""
    file = kept.parent / "main.na"
    file.write_text(text, encoding="utf-8")
    return dana_poet.run(file, policy=policy, state=kept).output


def files(folder: Path) -> dict[str, bytes]:
    """Return what stands in a folder: relative paths and contents."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
