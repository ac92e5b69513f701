"""What the check says of a program: every violation, with its place, its rule and a hint."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One thing the policy refuses. Lines and columns start at 1; 0 where there is no place.

    A refusal while the program runs has a line and no column.

    `rule` is stable (`import`, `attribute`, `builtin`, `name`, `node`, `syntax`, `size`, `input`, `result`, ...);
    `hint` says what to write instead and can go into a prompt; it may be empty.

    >>> str(Violation(2, 1, "import", "os is not available here", "use json, math, re, ..."))
    '2:1: os is not available here [import] (use json, math, re, ...)'
    >>> str(Violation(3, 0, "attribute", ".obj of memoryview objects is not available here"))
    '3: .obj of memoryview objects is not available here [attribute]'
    """

    line: int
    column: int
    rule: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        column = f"{self.column}:" if self.column else ""
        place = f"{self.line}:{column} " if self.line else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}{self.message} [{self.rule}]{hint}"
