"""Fit one logical line of Dana into the width: leaves of text, places where it may break, and comments in between.

A document is a list of parts. A `Group` stands on one line when it fits, else every `Break` directly in it becomes a
line break. Nothing breaks outside of brackets: there a line break would end the statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_grammar.nodes import Comment

WIDTH = 100
"""The width that a line is kept within where its text allows."""
DEPTHS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
INDENT = 4
"""The blanks of one level."""


class Leaf:
    """A piece of text that is printed as it is.

    With `when_broken` it is printed only where its group is broken. A `literal` is a string from the source, which may
    span lines. `added` says that the source may have it or not (`import` of the second module of `import a, b`).
    `guard` is the word of a scope, where a name or the parentheses around it keep `(private).x` from being taken for
    the scoped name `private.x`. `after` is filled with the comments that follow the leaf.
    """

    __slots__ = ("added", "after", "guard", "literal", "text", "when_broken")

    def __init__(
        self, text: str, *, literal: bool = False, when_broken: bool = False, added: bool = False, guard: str = ""
    ) -> None:
        self.text = text
        self.literal = literal
        self.when_broken = when_broken
        self.added = added
        self.guard = guard
        self.after: list[Comment] = []


class Break:
    """A place where a line may break; `flat` is printed where it does not."""

    __slots__ = ("flat",)

    def __init__(self, flat: str = " ") -> None:
        self.flat = flat


class Group:
    """Parts that break together. `forced` breaks them whatever the width; `if_long` False breaks them only then.

    `brackets` tells that it starts with a bracket; `optional` that this is printed only where the group is broken.
    """

    __slots__ = ("brackets", "forced", "if_long", "optional", "parts")

    def __init__(self, parts: Doc, *, forced: bool = False, if_long: bool = True) -> None:
        self.parts = parts
        self.forced = forced
        self.if_long = if_long
        first = parts[0] if parts else None
        self.brackets = isinstance(first, Leaf) and first.text in {"(", "[", "{"}
        self.optional = self.brackets and isinstance(first, Leaf) and first.when_broken


class Indent:
    """Parts whose line breaks are indented by one level more."""

    __slots__ = ("parts",)

    def __init__(self, parts: Doc) -> None:
        self.parts = parts


Part: TypeAlias = "Leaf | Break | Group | Indent"
Doc: TypeAlias = list[Part]
Mode: TypeAlias = Literal["flat", "open", "broken"]
"""`flat`: nothing in it breaks; `open`: its own breaks do not, groups in it may; `broken`: its breaks break."""


class Task(NamedTuple):
    """A part that is still to be printed, and how."""

    part: Part
    mode: Mode
    indent: int


def leaf(text: str) -> Doc:
    """Return the document of one piece of text."""
    return [Leaf(text)]


def joined(items: list[Doc], between: str, *, breaks: bool = True) -> Doc:
    """Return `items` with `between` after each but the last, and a place to break after it when `breaks`."""
    parts: Doc = []
    for place, item in enumerate(items):
        if place:
            parts.append(Leaf(between))
            parts.append(Break() if breaks else Leaf(" "))
        parts += item
    return parts


def bracketed(opening: str, items: list[Doc], closing: str, *, comma: bool = True, forced: bool = False) -> Doc:
    """Return `items` between brackets, one on a line when they do not fit on one; `comma` allows a trailing one."""
    if not items:
        return [Group([Leaf(opening), Leaf(closing)], if_long=False)]
    return enclosed(opening, joined(items, ","), closing, comma=comma, forced=forced)


def enclosed(opening: str, inside: Doc, closing: str, *, comma: bool = False, forced: bool = False) -> Doc:
    """Return `inside` between brackets, on lines of its own when it does not fit."""
    trailing: Doc = [Leaf(",", when_broken=True)] if comma else []
    return [Group([Leaf(opening), Indent([Break(""), *inside, *trailing]), Break(""), Leaf(closing)], forced=forced)]


def wrapped(inside: Doc, *, if_long: bool) -> Doc:
    """Return `inside`, with parentheses around it where it has to stand on several lines."""
    return [
        Group(
            [
                Leaf("(", when_broken=True),
                Indent([Break(""), *inside]),
                Break(""),
                Leaf(")", when_broken=True),
            ],
            if_long=if_long,
        )
    ]


class Printer:
    """Prints documents, each starting on a line of its own."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.column = 0
        self.depth = 0
        self.pending: list[Comment] = []
        self.pending_indent = 0
        self.fresh = True
        """Nothing but blanks stands on the line so far."""

    def print(self, doc: Doc, level: int, trailing: Comment | None) -> None:
        """Print `doc`, the comment that ends its line, and the end of the line."""
        self.write(" " * (level * INDENT))
        self.fresh = True
        self.depth = 0
        tasks = [Task(part, "open", level * INDENT) for part in reversed(doc)]
        while tasks:
            task = tasks.pop()
            match task.part:
                case Leaf():
                    self.leaf(task.part, task)
                case Break():
                    self.line_break(task)
                case Indent():
                    indent = task.indent + INDENT if task.mode == "broken" else task.indent
                    tasks += [Task(part, task.mode, indent) for part in reversed(task.part.parts)]
                case Group():
                    mode = self.mode_of(task.part, task.mode, tasks)
                    tasks += [Task(part, mode, task.indent) for part in reversed(task.part.parts)]
        self.strip()
        if trailing:
            self.out.append("  " + hash_comment(trailing.text))
        self.out.append("\n")
        self.column = 0

    def write(self, text: str) -> None:
        """Print `text` where the cursor stands."""
        self.out.append(text)
        head, line, tail = text.rpartition("\n")
        self.column = len(tail) if head or line else self.column + len(text)
        self.fresh = False

    def leaf(self, part: Leaf, task: Task) -> None:
        """Print a leaf, and what has to come before it."""
        if part.when_broken and task.mode != "broken":
            return
        if self.pending:
            self.comments(task.indent)
            self.new_line(task.indent)
        self.write(part.text.lstrip() if self.fresh else part.text)
        if not part.literal:
            self.depth += depth_change(part.text)
        if part.after:
            self.pending = part.after
            self.pending_indent = task.indent

    def line_break(self, task: Task) -> None:
        """Print a break: a new line in a broken group inside of brackets, else its flat text."""
        if task.mode == "broken" and self.depth:
            self.comments(task.indent)
            self.new_line(task.indent)
        elif isinstance(task.part, Break) and task.part.flat and not self.fresh:
            self.write(task.part.flat)

    def comments(self, indent: int) -> None:
        """Print the comments that follow the last leaf, the first at the end of its line unless it stood alone."""
        for comment in self.pending:
            if comment.alone or self.commented():
                self.new_line(max(indent, self.pending_indent))
                self.write(hash_comment(comment.text))
            else:
                self.strip()
                self.write("  " + hash_comment(comment.text))
        self.pending = []

    def commented(self) -> bool:
        """Tell whether the line ends in a comment already."""
        return bool(self.out) and self.out[-1].lstrip(" ").startswith("#")

    def strip(self) -> None:
        """Remove blanks at the end of the line."""
        while self.out and not self.out[-1].strip(" "):
            self.out.pop()
        if self.out:
            self.out[-1] = self.out[-1].rstrip(" ")

    def new_line(self, indent: int) -> None:
        """End the line and indent the next."""
        self.strip()
        self.out.append("\n" + " " * indent)
        self.column = indent
        self.fresh = True

    def mode_of(self, group: Group, mode: Mode, rest: list[Task]) -> Mode:
        """Decide how the parts of `group` are printed."""
        if group.forced:
            return "broken"
        if mode == "flat":
            return "flat"
        if not group.if_long:
            return "open"
        if fits(group, WIDTH - self.column, rest):
            return "open" if group.optional else "flat"
        return "broken"


def fits(group: Group, room: int, rest: list[Task]) -> bool:
    """Tell whether `group` on one line, with what follows it up to the next place to break, takes at most `room`.

    What has to break inside of it anyway does not keep a group with optional brackets from doing without them.
    """
    for part, mode in measured(group, rest):
        if isinstance(part, Group):
            if part.forced and mode == "flat" and not group.optional:
                return False
        elif isinstance(part, Break):
            if mode == "broken":
                return True
            room -= len(part.flat)
        elif isinstance(part, Leaf) and not (part.when_broken and mode != "broken"):
            first, *more = part.text.split("\n")
            if len(first) > room:
                return False
            room = WIDTH - len(more[-1]) if more else room - len(first)
        if room < 0:
            return False
    return True


def measured(group: Group, rest: list[Task]) -> Iterator[tuple[Part, Mode]]:
    """Yield `group` laid flat, then what follows it, each part with the mode that it may be printed in."""
    tasks: list[tuple[Part, Mode]] = [(part, "flat") for part in reversed(group.parts)]
    following = len(rest)
    while tasks or following:
        if not tasks:
            following -= 1
            tasks.append((rest[following].part, rest[following].mode))
        part, mode = tasks.pop()
        yield part, mode
        match part:
            case Indent():
                tasks += [(inner, mode) for inner in reversed(part.parts)]
            case Group():
                inner_mode: Mode = "flat" if mode == "flat" else "broken" if part.if_long or part.forced else "open"
                tasks += [(inner, inner_mode) for inner in reversed(part.parts)]
            case _:
                pass


def depth_change(text: str) -> int:
    """Return how many brackets a leaf opens, -1 for one that closes: a bracket is a leaf of its own."""
    return DEPTHS.get(text, 0)


def hash_comment(text: str) -> str:
    """Return a comment with the marker `#`, whatever it had."""
    return "#" + text.removeprefix("//") if text.startswith("//") else text


def leaves(doc: Doc, path: tuple[Group, ...] = ()) -> Iterator[tuple[Leaf, tuple[Group, ...]]]:
    """Yield each leaf of `doc` in order, with the groups around it from the outermost."""
    for part in doc:
        match part:
            case Leaf():
                yield part, path
            case Group():
                yield from leaves(part.parts, (*path, part))
            case Indent():
                yield from leaves(part.parts, path)
            case Break():
                pass
