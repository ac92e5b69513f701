"""Write a value as a flat list of tokens, children before their container: no recursion, caps held on the way.

None, bool, float and short ints are themselves; every other token is text whose first character says what follows:
`s` text, `l3` a list of the last three values, `d2` a dict of the last two pairs, `bYQ==` bytes (see `tag_kinds`).
`untag` reads them back.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn, TypeAlias

from dana_sandbox.crossing import SHORT_INT_BITS, CannotCross, Limits

Atom: TypeAlias = "str | int | float | bool | None"
Labels: TypeAlias = Callable[[int], str]
Writer: TypeAlias = "Callable[[Tagger, Any], None]"

_AS_THEY_ARE = frozenset({type(None), bool, float})
_SHORT_INT = 1 << SHORT_INT_BITS


class _Close(NamedTuple):
    """Lies below the children of a container: when it comes up they are written."""

    token: str


class _Frame(NamedTuple):
    labels: Labels
    base: int  # how many values waited below the children
    size: int
    value: object


class Tagger:
    """One value on its way into tokens."""

    def __init__(self, limits: Limits, *, numpy: bool, find_writer: Callable[[type], Writer]) -> None:
        self.limits, self.numpy, self.find_writer = limits, numpy, find_writer
        self.tokens: list[Atom] = []
        self.todo: list[Any] = []
        self.frames: list[_Frame] = []
        self.characters = 0

    def write(self, value: object) -> list[Atom]:
        """Return the tokens of `value`. CannotCross when it is not plain data or more than the limits."""
        todo, tokens, find_writer = self.todo, self.tokens, self.find_writer
        todo.append(value)
        while todo:
            item = todo.pop()
            kind = type(item)
            if kind is _Close:
                self.frames.pop()
                tokens.append(item.token)
            else:
                find_writer(kind)(self, item)
        if len(tokens) > self.limits.nodes:
            self.too_many()
        return tokens

    def text(self, token: str) -> None:
        """Write one token of text."""
        self.count(len(token))
        self.tokens.append(token)

    def count(self, characters: int) -> None:
        """Hold the cap on bytes before a long token is made."""
        self.characters += characters
        if self.characters > self.limits.bytes:
            self.too_large()

    def open(self, tag: str, children: list[Any], labels: Labels, value: object) -> None:
        """Have `children` written, and after them the token that gathers them."""
        size = len(children)
        if len(self.frames) >= self.limits.depth:
            self.too_deep(value)
        if len(self.tokens) + len(self.todo) + size >= self.limits.nodes:
            self.too_many()
        token = f"{tag}{size}"
        if _all_short(children):
            self.tokens += children
            self.tokens.append(token)
            return
        self.todo.append(_Close(token))
        self.frames.append(_Frame(labels, len(self.todo), size, value))
        children.reverse()
        self.todo += children

    def path(self, depth: int | None = None) -> str:
        """Where the value sits that has just been taken up, or the container around it at `depth`."""
        tops = [*(frame.base - 1 for frame in self.frames[1:]), len(self.todo)]
        pairs = zip(self.frames[:depth], tops, strict=False)
        steps = [frame.labels(frame.size - 1 - (top - frame.base)) for frame, top in pairs]
        return "".join(steps if len(steps) <= 12 else [*steps[:8], "...", *steps[-4:]])

    def refuse(self, reason: str, hint: str = "") -> NoReturn:
        """Say that the value at hand is of the wrong kind."""
        raise CannotCross(self.path(), reason, "type", hint)

    def too_many(self) -> NoReturn:
        """Say that there are too many values."""
        raise CannotCross("", f"has more than {self.limits.nodes} values", "size", _LESS)

    def too_large(self) -> NoReturn:
        """Say that the text is too long."""
        raise CannotCross("", f"is larger than {self.limits.bytes} bytes", "size", _LESS)

    def too_deep(self, value: object) -> NoReturn:
        """Say that containers nest too deep, or for ever."""
        found = next((depth for depth, frame in enumerate(self.frames) if frame.value is value), None)
        if found is not None:
            raise CannotCross(self.path(found), "contains itself", "size", "use data without cycles")
        raise CannotCross("", f"nests deeper than {self.limits.depth} containers", "size", "use flatter data")


_LESS = "count, slice or summarise it first"


def _all_short(children: list[Any]) -> bool:
    """Whether no child needs a writer: looked up at the speed of C for wide containers of numbers."""
    kinds = set(map(type, children))
    if kinds <= _AS_THEY_ARE:
        return True
    return kinds == {int} and min(children) > -_SHORT_INT and max(children) < _SHORT_INT


def by_index(index: int) -> str:
    """Label of a list's or tuple's element."""
    return f"[{index}]"


def anywhere(_index: int) -> str:
    """Label of a set's element."""
    return " (an element)"


def by_key(keys: list[Any]) -> Labels:
    """Labels of a dict's keys and values, which are written in turns."""
    return lambda index: f"[{shown(keys[index // 2])}]" if index % 2 else f" (the key {shown(keys[index // 2])})"


def by_field(names: list[str]) -> Labels:
    """Labels of a dataclass's fields."""
    return lambda index: f".{names[index // 2]}"


def shown(key: object) -> str:
    """Return a key as a path shows it: short, and without calling anything of the key's own."""
    show = _SHOWN.get(type(key))
    return show(key) if show else f"<{type(key).__name__[:40]}>"


_SHOWN: dict[type, Callable[[Any], str]] = {
    str: lambda key: repr(key) if len(key) <= 40 else repr(key[:37] + "..."),
    int: lambda key: str(key) if key.bit_length() <= 64 else "<int>",
    bool: str,
    type(None): str,
    float: str,
}
