"""What runs beside a function inside the sandbox: call it on many inputs and write down all that came of each call.

This text is put into the sandboxed program under names that the candidate cannot know (see `programs`), so it uses
builtins and its own functions only. The same functions write down what a live original does in the host.
"""

from __future__ import annotations

from typing import Any

MOST_ITEMS = 40
MOST_INSIDE = 300
MOST_TOKENS = 100_000
NAMED_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, BufferError, ConnectionError, EOFError, FileNotFoundError,
    FloatingPointError, ImportError, IndexError, KeyError, LookupError, MemoryError, NameError, NotImplementedError,
    OSError, OverflowError, PermissionError, RecursionError, ReferenceError, RuntimeError, StopAsyncIteration,
    StopIteration, SyntaxError, SystemError, SystemExit, TimeoutError, TypeError, UnicodeError, ValueError,
    ZeroDivisionError, KeyboardInterrupt, GeneratorExit, Exception,
)  # fmt: skip


OWN_CLASSES: Any = None
"""Names of the classes that the program defines, whose attributes it may read; None in the host, where all can be."""


class Feed:
    """An iterator that knows how much was taken from it; an endless one counts on from its last item."""

    def __init__(self, items: Any, endless: bool) -> None:
        self.items, self.endless, self.taken = items, endless, 0

    def __repr__(self) -> str:
        return "<iterator>"  # no address: what shows it shows the same on both sides

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        if self.taken < len(self.items):
            self.taken += 1
            return self.items[self.taken - 1]
        if not self.endless or self.taken > 5000:
            raise StopIteration
        self.taken += 1
        return self.taken if not self.items else self.items[self.taken % len(self.items)]


class Spy:
    """A function that is handed to the function under test: it does something simple and keeps what it was asked."""

    def __init__(self, name: str) -> None:
        self.name, self.calls = name, []  # type: ignore[var-annotated]

    def __repr__(self) -> str:
        return f"<function {self.name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Do what the name says."""
        if len(self.calls) < 200:
            self.calls.append((args, kwargs))
        if self.name == "fails":
            raise ConnectionError("lost")
        if self.name == "fails once" and len(self.calls) == 1:
            raise ConnectionError("lost")
        if self.name == "wrong":
            raise ValueError("wrong")
        if self.name == "yes":
            return True
        if self.name == "double" and args:
            return args[0] + args[0]
        if self.name == "less" and args:
            return -args[0]
        if self.name == "odd" and args:
            return args[0] % 2 == 1
        return args[0] if args else 1


def copied(value: Any) -> Any:
    """Return an input of its own for one call: containers are copied, markers become what they stand for."""
    kind = type(value)
    if kind is tuple:
        if len(value) > 1 and type(value[0]) is str and value[0][:1] == "\0":
            return marked(value)
        return tuple([copied(one) for one in value])
    if kind is list:
        return [copied(one) for one in value]
    if kind is dict:
        return {key: copied(one) for key, one in value.items()}
    if kind is set:
        return set(value)
    if kind is bytearray:
        return bytearray(value)
    return value


def marked(value: Any) -> Any:
    """Return what a marker stands for."""
    if value[0] == "\0fn":
        return Spy(value[1])
    if value[0] == "\0feed":
        return Feed([copied(one) for one in value[1]], value[2])
    if value[0] == "\0live":
        return live(value[1])
    return value


def live(_handle: Any) -> Any:
    """Return the stand-in for an object of the host's; programs with such objects bring their own."""
    return None


def settled() -> None:
    """Do nothing; programs with objects of the host's bring back here what was changed of them."""


class Notes:
    """What is written down of one call: tokens in the order of the values, and which containers are the same object."""

    def __init__(self) -> None:
        self.tokens, self.seen, self.shared, self.count, self.kept = [], {}, [], 0, []  # type: ignore[var-annotated]
        self.most, self.inside = MOST_ITEMS, []  # type: ignore[var-annotated]

    def write(self, value: Any, depth: int) -> None:
        """Write down one value."""
        kind = type(value)
        if value is None or kind is bool:
            self.tokens.append(str(value))
        elif kind is int:
            self.tokens.append("i" + (str(value) if -(10**18) < value < 10**18 else hex(value)))
        elif kind is float:
            self.tokens.append("f" + repr(value))
        elif kind is str:
            self.tokens.append(
                "s" + value if len(value) < 2000 else f"S{len(value)}:{value[:300]}{value[-300:]}{hash(value)}"
            )
        elif kind is bytes:
            text = repr(value) if len(value) < 2000 else f"{len(value)}:{value[:200]!r}{hash(value)}"
            self.tokens.append("y" + text)
        elif kind is list or kind is tuple or kind is dict or kind is set or kind is frozenset or kind is bytearray:
            self.container(value, kind, depth)
        else:
            self.other(value, kind, depth)

    def container(self, value: Any, kind: Any, depth: int) -> None:
        """Write down a container; one that was met before is noted as the same object, unless it cannot change."""
        self.count += 1
        if kind is not tuple and kind is not frozenset:
            if id(value) in self.seen:
                self.shared.append([self.seen[id(value)], self.count])
            else:
                self.seen[id(value)] = self.count
                self.kept.append(value)  # else its place in memory could be given to another
        self.tokens.append(f"{kind.__name__}{len(value)}")
        if depth > 30 or id(value) in self.inside or len(self.tokens) > MOST_TOKENS:
            self.tokens.append("deep")
            return
        self.inside.append(id(value))
        self.members(value, kind, depth)
        self.inside.pop()

    def members(self, value: Any, kind: Any, depth: int) -> None:
        """Write down what a container holds."""
        if len(value) > MOST_INSIDE and kind is not dict:
            self.long(value, kind, depth)
        elif kind is dict:
            for key, one in value.items():
                self.write(key, depth + 1)
                self.write(one, depth + 1)
        elif kind is set or kind is frozenset:
            self.tokens += sorted([one_text(one) for one in value])
        elif kind is bytearray:
            self.tokens.append(repr(value))
        else:
            for one in value:
                self.write(one, depth + 1)

    def long(self, value: Any, kind: Any, depth: int) -> None:
        """Write down the ends of a long container, and a number that changes with the rest."""
        if kind is set or kind is frozenset:
            self.tokens.append(str(hash(frozenset(value))))
            return
        for one in list(value[:60]) + list(value[-60:]):
            self.write(one, depth + 1)
        self.tokens.append(str(hash(repr(value))))

    def other(self, value: Any, kind: Any, depth: int) -> None:
        """Write down what is no plain value: an iterator with its first items, a function, an object."""
        if kind.__name__[:5] == "Live_":
            self.thing(value, kind, depth)
        elif kind is Feed:
            self.tokens.append(f"feed{value.taken}")
        elif kind is Spy:
            self.tokens.append(f"spy{len(value.calls)}")
            for args, kwargs in value.calls[:20]:
                self.write([list(args), kwargs], depth + 1)
        elif isinstance(value, BaseException):
            self.tokens.append("error " + kind.__name__)
            self.write(list(value.args), depth + 1)
        elif isinstance(value, (list, tuple, dict, set)) and depth < 30:
            self.tokens.append(kind.__name__)
            self.write(as_plain(value), depth + 1)
        elif hasattr(value, "__next__"):
            self.tokens.append("iterator")
            self.items(value, self.most, depth)
        elif callable(value):
            self.function(value, depth)
        else:
            self.thing(value, kind, depth)

    def thing(self, value: Any, kind: Any, depth: int) -> None:
        """Write down an object by its class and attributes, else by how it shows itself."""
        if kind.__name__[:4] == "Live":
            self.tokens.append("live " + value.path)
            return
        self.tokens.append("object " + kind.__name__)
        try:
            fields = dict(vars(value)) if OWN_CLASSES is None or kind.__name__ in OWN_CLASSES else {}
        except Exception:  # noqa: BLE001 - an object may raise anything
            fields = {}
        if fields and depth < 10:
            for name in sorted(fields):
                self.tokens.append(name)
                self.write(fields[name], depth + 1)
        else:
            self.tokens.append(str(value) if " at 0x" not in str(value) else kind.__name__)

    def function(self, value: Any, depth: int) -> None:
        """Write down a function by what it does with a few arguments."""
        self.tokens.append("function")
        if depth > 2 or isinstance(value, type):
            return
        for args in ((), (2,), (2, 3), ("a",), ([3, 1],)):
            self.outcome(value, list(args), {}, depth + 1)

    def items(self, value: Any, most: int, depth: int) -> None:
        """Write down the items of an iterator one by one, each as it is when it comes."""
        for _ in range(most):
            try:
                one = next(value)
            except StopIteration as end:
                self.tokens.append("end")
                self.write(end.value, depth + 1)
                return
            self.tokens.append("item")
            self.write(one, depth + 1)
        self.tokens.append("more")
        if hasattr(value, "close"):
            value.close()

    def outcome(self, function: Any, args: Any, kwargs: Any, depth: int) -> Any:
        """Call a function and write down what it returns or raises. Returns (kind, value)."""
        try:
            value = function(*args, **kwargs)
            self.write(value, depth)
        except BaseException as error:  # noqa: BLE001 - whatever it raises is written down
            self.tokens += ["raised", type(error).__name__]
            self.tokens += [kind.__name__ for kind in NAMED_ERRORS if isinstance(error, kind)]
            self.kept.append(error)
            return "error", error
        return "value", value


def as_plain(value: Any) -> Any:
    """Return the contents of an object of a class that is derived from a container."""
    if isinstance(value, dict):
        return dict(value.items())
    if isinstance(value, set):
        return set(value)
    return list(value)


def one_text(value: Any) -> str:
    """Return one member of a set as text."""
    inner = Notes()
    inner.write(value, 5)
    return " ".join(inner.tokens)


def poison(value: Any, depth: int) -> None:
    """Change all containers of a result: what the next call returns must not know of it."""
    if depth > 4:
        return
    if type(value) is list:
        for one in value[:50]:
            poison(one, depth + 1)
        value.append("\0poison")
    elif type(value) is dict:
        for one in list(value.values())[:50]:
            poison(one, depth + 1)
        value["\0poison"] = 1
    elif type(value) is set:
        value.add("\0poison")
    elif type(value) is tuple:
        for one in value[:50]:
            poison(one, depth + 1)


def prepared(case: Any) -> Any:
    """Return the arguments of one case, fresh: (args, kwargs)."""
    args, kwargs = [copied(one) for one in case[0]], {key: copied(one) for key, one in case[1].items()}
    for first, second in case[2]:
        args[second] = args[first]
    return args, kwargs


def observed(function: Any, case: Any) -> Any:
    """Call once and return (record, value): kind, tokens of the result, shared containers, tokens of the inputs."""
    args, kwargs = prepared(case)
    notes = Notes()
    notes.most = 1200 if case[3] == "long" else MOST_ITEMS
    for one in args:
        notes.write(one, 0)
    for name in sorted(kwargs):
        notes.write(kwargs[name], 0)
    notes.tokens, before = [], notes.tokens
    numbered, notes.seen, notes.shared = notes.seen, {}, []
    if case[3] == "close":
        kind, value = closed(notes, function, args, kwargs)
    else:
        kind, value = notes.outcome(function, args, kwargs, 0)
    settled()
    tokens, shared, notes.tokens, notes.shared = notes.tokens, notes.shared, [], []
    mine = [[notes.seen[key], numbered[key]] for key in notes.seen if key in numbered]
    for one in args:
        notes.write(one, 0)
    for name in sorted(kwargs):
        notes.write(kwargs[name], 0)
    after = notes.tokens if notes.tokens != before else None
    return [kind, tokens, mine, shared, after], value


def closed(notes: Any, function: Any, args: Any, kwargs: Any) -> Any:
    """Take two items of a generator, close it, and see that it is at its end."""

    def partly(*inner: Any, **named: Any) -> Any:
        flow = function(*inner, **named)
        taken = []
        for _ in range(2):
            try:
                taken.append(next(flow))
            except StopIteration:
                break
        if hasattr(flow, "close"):
            flow.close()
        return taken

    return notes.outcome(partly, args, kwargs, 0)
