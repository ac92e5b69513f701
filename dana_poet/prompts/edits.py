"""What a new prompt changes in a prompt, as edits of lines that can be combined with those of other prompts."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Edit(NamedTuple):
    """Puts `text` in place of the lines from `start` up to `stop`; between lines where both are the same.

    >>> Edit(1, 1, "Answer in JSON.")
    add "Answer in JSON."
    """

    start: int
    stop: int
    text: str

    def __repr__(self) -> str:
        short = self.text if len(self.text) <= 80 else self.text[:77] + "..."
        if self.start == self.stop:
            return f'add "{short}"'
        lines = f"line {self.start + 1}" if self.stop == self.start + 1 else f"lines {self.start + 1}-{self.stop}"
        return f'replace {lines} by "{short}"' if self.text else f"drop {lines}"

    def overlaps(self, other: Edit) -> bool:
        """Whether both change the same lines; any number of additions fits in one place."""
        return self.start < other.stop and other.start < self.stop


def differences(base: str, text: str) -> tuple[Edit, ...]:
    """Return what makes `text` of `base`, one edit for each addition that stands for itself.

    A line that is indented, or follows one that ends with a colon, belongs to the line before.

    >>> differences("Sum up: {x}", "Sum up: {x}\\nBe brief.\\nNo lists.")
    (add "Be brief.", add "No lists.")
    """
    old, new = base.split("\n"), text.split("\n")
    found: list[Edit] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "insert":
            found += [Edit(i1, i1, block) for block in _blocks(new[j1:j2])]
        elif kind == "delete":
            found += [Edit(line, line + 1, "") for line in range(i1, i2)]
        elif kind == "replace":
            found.append(Edit(i1, i2, "\n".join(new[j1:j2])))
    return tuple(found)


def _blocks(lines: list[str]) -> list[str]:
    blocks: list[str] = []
    before = ""
    for line in lines:
        if blocks and (line[:1].isspace() or before.rstrip().endswith(":")):
            blocks[-1] += f"\n{line}"
        else:
            blocks.append(line)
        before = line
    return blocks


def composed(base: str, edits: Iterable[Edit]) -> str:
    """Return `base` with edits; of those that change the same lines the first is taken.

    >>> composed("a\\nb", [Edit(2, 2, "c"), Edit(0, 1, "A")])
    'A\\nb\\nc'
    """
    taken: list[Edit] = []
    for edit in edits:
        if not any(edit.overlaps(other) for other in taken):
            taken.append(edit)
    lines: list[str] = []
    old, at = base.split("\n"), 0
    for edit in sorted(taken, key=lambda one: (one.start, one.stop)):
        lines += [*old[at : edit.start], *([edit.text] if edit.text or edit.start == edit.stop else [])]
        at = max(at, edit.stop)
    return "\n".join([*lines, *old[at:]])
