"""What is known about the versions of one function, as values and as JSON: `Version`, and the `Book` that lists them.

The book is what decides: a version file that it does not name, or whose hash it does not have, is never run.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from dana_poet.codegen.version_files import content_hash, read_regular
from dana_poet.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = 1
"""The layout of the JSON. A file with a higher one is refused and left alone."""
State: TypeAlias = Literal["draft", "verified", "shadow", "canary", "active", "retired", "quarantined"]
Origin: TypeAlias = Literal["rules", "model", "person"]
NEXT: Mapping[State, frozenset[State]] = {
    "draft": frozenset({"verified", "retired", "quarantined"}),
    "verified": frozenset({"shadow", "canary", "active", "retired", "quarantined"}),
    "shadow": frozenset({"canary", "active", "retired", "quarantined"}),
    "canary": frozenset({"canary", "active", "retired", "quarantined"}),
    "active": frozenset({"retired", "quarantined"}),
    "retired": frozenset({"verified", "active", "quarantined"}),
    "quarantined": frozenset(),
}
"""Which state may follow which. Nothing leaves quarantine; a retired version may be tried or made active again."""


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of a function. `created` is UTC for people to read; `number` is what orders versions.

    `percent` is the share of calls that a canary gets, 0 to 100; `withdrawn` says that a person took it back, and
    `collected` that its text is gone while its evidence stays in the audit trail.
    """

    number: int
    state: State
    origin: Origin
    generator: str
    source_hash: str
    content_hash: str
    created: str
    parent: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, Any] | None = None
    pinned: bool = False
    percent: float = 0.0
    notes: str = ""
    prompt_hash: str = ""
    withdrawn: bool = False
    collected: bool = False
    path: str = ""

    def source(self) -> str:
        """Return the text that was stored. StateError when the file is gone, or is not what was stored."""
        hint = "`dana-poet pin` accepts an edited version; `dana-poet rollback` goes back to another"
        try:
            data = read_regular(self.path)
        except OSError as error:
            raise StateError(
                f"version {self.number} cannot be read: {error.strerror or error} ({self.path})"
            ) from error
        if data is None:
            raise StateError(f"the file of version {self.number} is gone ({self.path})", hint=hint)
        text = decoded(data)
        if text is None or content_hash(text) != self.content_hash:
            raise StateError(f"version {self.number} was changed after it was verified ({self.path})", hint=hint)
        return text

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        kept = {one.name: getattr(self, one.name) for one in dataclasses.fields(self)}
        del kept["path"], kept["pinned"]
        return kept


@dataclass(slots=True)
class Book:
    """All versions of one function. `served` lists the versions that were active, oldest first; 0 is the original.

    `pinned` is the version that a person wants to run whatever happens, 0 for the original. `last` are the entries of
    the audit trail that belong to the newest change: whoever writes next completes the trail with them. `refused` says
    of texts that are no longer listed why they must not come back.
    """

    function: dict[str, str]
    upcoming: int = 1
    revision: int = 0
    pinned: int | None = None
    served: list[int] = field(default_factory=list)
    versions: dict[int, Version] = field(default_factory=dict)
    last: list[dict[str, Any]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def active(self) -> Version | None:
        """Return the active version, None when there is none."""
        return next((one for one in self.versions.values() if one.state == "active"), None)

    def change(self, number: int, **changes: Any) -> Version:
        """Replace what is known of one version, and return it."""
        self.versions[number] = changed = dataclasses.replace(self.versions[number], **changes)
        return changed

    def serve(self, number: int) -> None:
        """Note that a version, or 0 for the original, is what runs from now on."""
        if self.served[-1:] != [number]:
            self.served = [*self.served[-99:], number]

    def to_bytes(self) -> bytes:
        """Return the JSON. StateError when something in it is no plain data."""
        record = {
            "format": FORMAT, "kind": "versions", "function": self.function, "next": self.upcoming,
            "revision": self.revision, "pinned": self.pinned, "served": self.served,
            "versions": [one.to_json() for one in self.versions.values()], "last": self.last, "refused": self.refused,
        }  # fmt: skip
        try:
            return json.dumps(record, ensure_ascii=True, allow_nan=False, indent=1).encode() + b"\n"
        except (TypeError, ValueError, RecursionError) as error:
            raise StateError(f"a version's evidence is no plain data: {error}") from error


def book_of(data: bytes, path_of: Callable[[int], str]) -> Book:
    """Read a book. StateError for a damaged, foreign or newer one."""
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        raise StateError("is damaged: it is not JSON") from None
    if not isinstance(record, dict) or record.get("kind") != "versions" or not isinstance(record.get("format"), int):
        raise StateError("is not a list of versions that dana-poet wrote")
    if record["format"] > FORMAT:
        hint = "update dana-poet, or use another folder with --state DIR"
        message = f"was written by a newer dana-poet (format {record['format']}, this one reads {FORMAT})"
        raise StateError(message, hint=hint)
    try:
        return _book(record, path_of)
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise StateError(f"is damaged: {error!r}") from None


def _book(record: dict[str, Any], path_of: Callable[[int], str]) -> Book:
    pinned = record["pinned"]
    versions = [_version(one, path_of, pinned) for one in record["versions"]]
    book = Book(
        function={str(name): str(value) for name, value in record["function"].items()},
        upcoming=_whole(record["next"]), revision=_whole(record["revision"]),
        pinned=None if pinned is None else _whole(pinned), served=[_whole(one) for one in record["served"]],
        versions={one.number: one for one in versions}, last=[dict(one) for one in record["last"]],
        refused={str(name): str(why) for name, why in record.get("refused", {}).items()},
    )  # fmt: skip
    if sum(one.state == "active" for one in versions) > 1 or len(book.versions) != len(versions):
        raise ValueError("a number or the active state stands there twice")
    if pinned is not None and pinned != 0 and pinned not in book.versions:
        raise ValueError("it pins a version that is not there")
    return book


def _version(record: dict[str, Any], path_of: Callable[[int], str], pinned: object) -> Version:
    known = {one.name for one in dataclasses.fields(Version)} - {"path", "pinned"}
    values = {name: value for name, value in record.items() if name in known}
    number, state = _whole(values["number"]), values["state"]
    if state not in NEXT or values["origin"] not in get_args(Origin):
        raise ValueError(f"version {number} is {state!r} of {values['origin']!r}")
    for name in ("generator", "source_hash", "content_hash", "created"):
        if not isinstance(values[name], str):
            raise TypeError(f"{name} of version {number} is {values[name]!r}")
    if not isinstance(values["evidence"], dict):
        raise TypeError(f"evidence of version {number} is {values['evidence']!r}")
    return Version(**values, path=path_of(number), pinned=pinned == number)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no number of a version")
    return value


def found(book: Book, number: int) -> Version:
    """Return a version of a book; StateError with those that there are."""
    if number in book.versions:
        return book.versions[number]
    numbers = ", ".join(map(str, sorted(book.versions)))
    raise StateError(f"there is no version {number}", hint=f"there are {numbers}" if numbers else "none is stored yet")


def decoded(data: bytes) -> str | None:
    """Return the text of a version file, None when it is no text."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def plain(value: Any, *, depth: int = 12) -> Any:
    """Return a value as JSON can hold it: what it cannot, such as an object or an infinite number, becomes text.

    >>> plain({"low": float("-inf"), 1: (2, {3})})
    {'low': '-inf', '1': [2, '{3}']}
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()[:20_000]
    if isinstance(value, Mapping) and depth:
        return {str(name): plain(one, depth=depth - 1) for name, one in value.items()}
    if isinstance(value, (list, tuple)) and depth:
        return [plain(one, depth=depth - 1) for one in value]
    return plain(repr(value))
