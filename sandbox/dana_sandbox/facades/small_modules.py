"""`pprint`, `warnings`, `secrets` and `struct`: small modules with a few exports of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dana_sandbox.facades.state import State


def pprint_exports(state: State) -> Mapping[str, object]:
    """Return what prints into the call's output."""
    import pprint as real

    class PrettyPrinter:
        """Writes values over several lines; into the output where no stream is given.

        No subclass of the library's, which keeps the stream of the process where a subclass finds it.
        """

        __module__ = "pprint"

        def __init__(
            self, indent: int = 1, width: int = 80, depth: int | None = None, stream: Any = None, **more: Any
        ) -> None:
            self.stream = stream
            self.options: dict[str, Any] = {"indent": indent, "width": width, "depth": depth, **more}

        def pprint(self, object: object) -> None:  # noqa: A002 - the library's name
            """Print a value over several lines."""
            (state.output if self.stream is None else self.stream).write(f"{self.pformat(object)}\n")

        def pformat(self, object: object) -> str:  # noqa: A002
            """Return a value as text of several lines."""
            return real.pformat(object, **self.options)

        isreadable = staticmethod(real.isreadable)
        isrecursive = staticmethod(real.isrecursive)

    def pprint(object: object, stream: Any = None, *options: Any, **more: Any) -> None:  # noqa: A002
        """Print a value over several lines."""
        PrettyPrinter(**dict(zip(("indent", "width", "depth"), options, strict=False)), stream=stream, **more).pprint(
            object
        )

    def pp(object: object, *options: Any, sort_dicts: bool = False, **more: Any) -> None:  # noqa: A002
        """Print a value over several lines, dicts in their order."""
        pprint(object, *options, sort_dicts=sort_dicts, **more)

    return {"PrettyPrinter": PrettyPrinter, "pprint": pprint, "pp": pp}


def warnings_exports(state: State) -> Mapping[str, object]:
    """Return warnings that go into the call's output, each text once; of filters only the action counts."""
    actions = ["default"]
    seen: set[str] = set()

    def warn(message: object, category: Any = None, stacklevel: int = 1, source: object = None) -> None:  # noqa: ARG001
        """Write a warning into the output, raise it after `simplefilter("error")`, or leave it."""
        kind = type(message) if isinstance(message, Warning) else category or UserWarning
        if not (isinstance(kind, type) and issubclass(kind, Warning)):
            raise TypeError(f"category must be a Warning subclass, not {kind!r:.100}")
        if actions[-1] == "error":
            raise message if isinstance(message, Warning) else kind(message)
        text = f"{kind.__name__}: {message}\n"
        if actions[-1] != "ignore" and (actions[-1] == "always" or text not in seen):
            seen.add(text)
            state.output.write(text)

    def simplefilter(action: str, category: object = Warning, lineno: int = 0, append: bool = False) -> None:  # noqa: ARG001
        """Say what becomes of warnings."""
        if action not in {"default", "error", "ignore", "always", "module", "once"}:
            raise ValueError(f"invalid action: {action!r}")
        actions[-1] = str.__str__(action)

    def filterwarnings(action: str, *_which: object, **_more: object) -> None:
        """Say what becomes of warnings, whatever their message, category and module."""
        simplefilter(action)

    def resetwarnings() -> None:
        """Forget what was said."""
        actions[-1] = "default"

    class catch_warnings:  # noqa: N801 - the library's name
        """Restores at its end what becomes of warnings. It keeps none: `record=True` is refused."""

        __module__ = "warnings"

        def __init__(self, *, record: bool = False, action: str | None = None, **_more: object) -> None:
            if record:
                raise TypeError("catch_warnings(record=True) is not available here")
            self.action = action

        def __enter__(self) -> None:
            actions.append(actions[-1])
            if self.action is not None:
                simplefilter(self.action)

        def __exit__(self, *_error: object) -> None:
            if len(actions) > 1:
                actions.pop()

    return {
        "catch_warnings": catch_warnings,
        "filterwarnings": filterwarnings,
        "resetwarnings": resetwarnings,
        "simplefilter": simplefilter,
        "warn": warn,
    }


def secrets_exports() -> Mapping[str, object]:
    """Return functions for what are methods of a generator in the library."""
    import secrets

    def choice(sequence: Sequence[Any], /) -> Any:
        """Return an element of a sequence."""
        return sequence[secrets.randbelow(len(sequence))]

    def randbits(k: int, /) -> int:
        """Return a number of `k` random bits."""
        return secrets.randbits(k)

    return {"choice": choice, "randbits": randbits}


def struct_exports(state: State) -> Mapping[str, object]:
    """Return nothing of its own, but beside arrays no writer: it would write addresses into an array of objects."""
    if "numpy" not in state.modules:
        return {}

    def refused(*_arguments: object, **_named: object) -> NoReturn:
        raise TypeError("struct.Struct and struct.pack_into are not available beside numpy")

    return {"Struct": refused, "pack_into": refused}
