"""Give every comment of a source its place in the formatted lines.

A comment stays between the two leaves that it stood between, and on its side of the brackets that are there. Where no
line break is possible at its place, it moves on to the next place where one is, at the latest to the end of its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, get_args

from dana_grammar.expressions import CompareOperator
from dana_grammar.format.layout import Group, Leaf, depth_change, leaves
from dana_grammar.format.precedence import BINARY
from dana_grammar.format.source import UNMARKED, Source
from dana_grammar.nodes import Comment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dana_grammar.format.lines import Line
    from dana_grammar.format.source import Between


OPERATORS: Final = frozenset(
    f"{sign} " for sign in (*(BINARY.keys() - {"//"}), *get_args(CompareOperator), "|", "and", "or")
)
"""What starts a line where an operation breaks: a comment behind it goes before it."""


class OwnLine(NamedTuple):
    """A comment with a line of its own. `level` is known where the comment was moved."""

    comment: Comment
    level: int | None


class Slot(NamedTuple):
    """A leaf in its line: the groups around it, how many brackets are open after it, and how many of them for sure."""

    leaf: Leaf
    path: tuple[Group, ...]
    depth: int
    sure: int


class Row:
    """A line with its slots, and what the walk over the source found out about it.

    `first` and `last` are the source lines, from 0, where it starts and ends; `column` counts the blanks before it.
    """

    def __init__(self, number: int, line: Line) -> None:
        self.number = number
        self.line = line
        self.slots = list(slots_of(line))
        self.marked = [index for index, slot in enumerate(self.slots) if is_marked(slot.leaf)]
        self.settled = 0
        self.first = self.last = self.column = 0


class Weaver:
    """Walks over lines and source at once. `own` holds comments on lines of their own by the line they follow."""

    def __init__(self, lines: Sequence[Line], source: Source) -> None:
        self.source = source
        self.rows = [Row(number, line) for number, line in enumerate(lines)]
        self.own: dict[int, list[OwnLine]] = {}

    def weave(self) -> None:
        """Place all comments."""
        before = None
        for row in self.rows:
            self.row(before, row)
            before = row
        self.around(before, None, self.idle(before, None, self.source.gap()))

    def row(self, before: Row | None, row: Row) -> None:
        """Read one line from the source and place the comments before and in it."""
        source = self.source
        previous = -1
        for index in row.marked:
            gap = source.gap()
            if previous < 0:
                gap = self.idle(before, row.slots[index].leaf, gap)
                row.first, row.column = source.place(start_of(gap, source.position))
                self.around(before, row, gap)
            elif gap:
                for found in comments_in(gap):
                    self.settle(row, found.comment, choose(row.slots[previous + 1 : index], found) + previous)
            source.take(row.slots[index].leaf)
            previous = index
        row.last = source.place(source.position - 1)[0]

    def idle(self, before: Row | None, leaf: Leaf | None, gap: list[Between]) -> list[Between]:
        """Keep the statements before `leaf` that the tree does not, like comments. Return the gap that is left."""
        source = self.source
        position = source.position
        while before and (text := source.idle(leaf)):
            self.around(before, None, gap)
            line, column = source.place(position)
            self.alone(before.number, Comment(line + 1, column + 1, text, alone=True), None)
            gap = source.gap()
            position = source.position
        return gap

    def around(self, before: Row | None, after: Row | None, gap: list[Between]) -> None:
        """Place the comments between two lines; some of them stand in the parentheses that end or start one."""
        for found in comments_in(gap):
            if before and found.in_last:
                start = before.marked[-1]
                self.settle(before, found.comment, choose(before.slots[start + 1 :], found) + start)
            elif after and found.in_next:
                self.at_start(after, found)
            elif before is None or found.comment.alone:
                self.alone(-1 if before is None else before.number, found.comment, None)
            else:
                self.settle(before, found.comment, len(before.slots) - 1)

    def at_start(self, row: Row, found: Found) -> None:
        """Place a comment that stands in the parentheses at the start of a line."""
        index = choose(row.slots[: row.marked[0]], found) - 1
        if index < 0:
            self.alone(row.number - 1, found.comment, row.line.level)
        else:
            self.settle(row, found.comment, index)

    def alone(self, number: int, comment: Comment, level: int | None) -> None:
        """Give a comment a line of its own after a line."""
        self.own.setdefault(number, []).append(OwnLine(comment, level))

    def settle(self, row: Row, comment: Comment, index: int) -> None:
        """Place a comment after a leaf, or after the first one behind it where a line may break."""
        slots, last = row.slots, len(row.slots) - 1
        index = max(index - (slots[index].leaf.text in OPERATORS), row.settled)
        if slots[index].depth <= 0:
            while index < last and slots[index].sure <= 0:
                index += 1
        row.settled = index
        if index < last:
            slots[index].leaf.after.append(comment)
            force(slots[index].path, slots[index + 1].path)
        elif comment.alone or row.line.trailing or row.number in self.own:
            self.alone(row.number, comment, row.line.level + row.line.opens)
        else:
            row.line.trailing = comment


class Found(NamedTuple):
    """A comment in a gap: whether it stands inside of what ends there, or of what starts there, and its sides."""

    comment: Comment
    in_last: bool
    in_next: bool
    sides: tuple[int, int, bool]


def slots_of(line: Line) -> Iterator[Slot]:
    """Yield the slots of a line."""
    depth = sure = 0
    for leaf, path in leaves(line.doc):
        change = 0 if leaf.literal else depth_change(leaf.text)
        depth += change
        sure += 0 if leaf.when_broken else change
        yield Slot(leaf, path, depth, sure)


def is_marked(leaf: Leaf) -> bool:
    """Tell whether the source is sure to have the characters of `leaf`."""
    return leaf.literal or not UNMARKED.issuperset(leaf.text)


def start_of(gap: list[Between], position: int) -> int:
    """Return where a line starts whose first leaf is at `position`: at the first parenthesis that is open there."""
    opened: list[int] = []
    for between in gap:
        if between.sign == "(":
            opened.append(between.offset)
        elif between.sign == ")" and opened:
            opened.pop()
    return opened[0] if opened else position


def comments_in(gap: list[Between]) -> Iterator[Found]:
    """Yield the comments of a gap."""
    for place, between in enumerate(gap):
        if between.comment:
            before, after = (signs(part) for part in (gap[:place], gap[place + 1 :]))
            yield Found(between.comment, closers_in(after) > 0, openers_in(before) > 0, sides(before, after))


def signs(gap: list[Between]) -> str:
    """Return the parentheses of a gap as text."""
    return "".join(between.sign for between in gap)


def closers_in(text: str) -> int:
    """Return how many closing parentheses of `text` belong to an opening one before it."""
    depth = most = 0
    for sign in text:
        depth += (sign == ")") - (sign == "(")
        most = max(most, depth)
    return most


def openers_in(text: str) -> int:
    """Return how many opening parentheses of `text` are open at its end."""
    depth = 0
    for sign in text:
        depth = max(0, depth + (sign == "(") - (sign == ")"))
    return depth


def choose(slots: Sequence[Slot], found: Found) -> int:
    """Return after how many of `slots`, which hold no marked character, a comment stands on its side of the brackets.

    Sides are counted from the inside: how many close before it, how many open behind it. So it does not matter whether
    the outermost parentheses come or go.
    """
    text = "".join(sign_of(slot, found) for slot in slots)
    return min(range(len(text), -1, -1), key=lambda place: distance(sides(text[:place], text[place:]), found.sides))


def sides(before: str, after: str) -> tuple[int, int, bool]:
    """Return what tells a place between parentheses: closed before, opened behind, and whether inside of empty ones."""
    return closers_in(before), openers_in(after), bool(openers_in(before) and closers_in(after))


def distance(one: tuple[int, int, bool], other: tuple[int, int, bool]) -> int:
    """Return how far apart two places are. The empty parentheses only decide between equals."""
    return 2 * (abs(one[0] - other[0]) + abs(one[1] - other[1])) + (one[2] != other[2])


def sign_of(slot: Slot, found: Found) -> str:
    """Return the sign of a slot. Parentheses that may go count where they have to stay.

    The closing one also counts for a comment on a line of its own before it, which would lose its place if it went.
    """
    text = slot.leaf.text.strip() or " "
    counts = (
        text == ","
        or not slot.leaf.when_broken
        or slot.path[-1].forced
        or (text == ")" and found.comment.alone and found.in_last)
    )
    return text if counts else " "


def force(before: tuple[Group, ...], after: tuple[Group, ...]) -> None:
    """Break the groups that a comment between two leaves stands in, up to the innermost one with brackets."""
    shared = [one for one, other in zip(before, after, strict=False) if one is other]
    for group in reversed(shared):
        group.forced = True
        if group.brackets:
            break
