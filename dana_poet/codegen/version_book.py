"""The file that lists a function's versions: which one it is, reading it when it changed, swapping it in one step."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from dana_poet.codegen import audit
from dana_poet.codegen.version_changes import collected
from dana_poet.codegen.version_files import file_stem, locked, point_to, read_regular, remove
from dana_poet.codegen.version_record import Book, book_of
from dana_poet.errors import StateError
from dana_poet.runtime.state import replace_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.codegen.original import Original

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which function it is. `file` is relative to the folder; its module's name changes with how it is started."""

    name: str
    qualname: str
    module: str
    file: str
    source_hash: str

    @classmethod
    def of(cls, original: Original, folder: str) -> Identity:
        """Return the identity of an original in the eyes of a folder."""
        file = original.file
        if file:
            try:
                file = os.path.relpath(file, folder).replace(os.sep, "/")
            except ValueError:  # on another drive
                file = os.path.abspath(file)
        return cls(original.name, original.qualname, original.module, file, original.source_hash)

    def stems(self) -> tuple[str, ...]:
        """Return what its files may be called, best first; the last one nobody else can have."""
        full = f"{self.module}.{self.qualname}" if self.module else self.qualname
        full = full.replace(".<locals>", "")
        own = hashlib.sha256(
            f"{self.qualname}\n{self.file or self.module}".encode("utf-8", "surrogatepass")
        ).hexdigest()
        return tuple(dict.fromkeys((file_stem(self.name), file_stem(full), f"{file_stem(full)}-{own[:16]}")))

    def owns(self, book: Book, folder: str) -> bool:
        """Whether a book is this function's: same place, or the same code whose file was moved."""
        about = book.function
        if about.get("qualname") != self.qualname:
            return False
        file = about.get("file", "")
        if file == self.file:
            return bool(file) or about.get("module") == self.module
        hashes = {one.source_hash for one in book.versions.values()}
        gone = bool(file) and not os.path.exists(os.path.join(folder, file))
        return gone and self.source_hash in hashes

    def to_json(self) -> dict[str, str]:
        """Return what the book says of its function."""
        about = asdict(self)
        del about["source_hash"]
        return about


class BookFile:
    """The book of one function in one folder: `read` it, `change` it."""

    def __init__(self, folder: str, identity: Identity | None, stem: str = "") -> None:
        self.folder = folder
        self._identity = identity
        self.stem = stem or (identity.stems()[0] if identity else "")
        self._read: tuple[tuple[int, ...], Book] | None = None

    def path(self, ending: str) -> str:
        """Return the path of a file of the function."""
        return os.path.join(self.folder, f"{self.stem}_{ending}")

    def path_of(self, number: int) -> str:
        """Return the path of a version's text."""
        return self.path(f"v{number}.py")

    def known_identity(self) -> dict[str, str]:
        """Return what is known of the function without its book."""
        return self._identity.to_json() if self._identity else {}

    def stamp(self) -> tuple[int, ...]:
        """Return what changes whenever the book is replaced."""
        return _signature(self.path("versions.json"))

    def read(self) -> Book:
        """Return the book as it is on disk, an empty one when there is none. StateError when it cannot be read."""
        seen = _signature(self.path("versions.json"))
        if self._read is not None and seen and self._read[0] == seen:
            return self._read[1]
        try:
            book = self._find()
        except OSError as error:
            raise StateError(f"the versions cannot be read: {error.strerror or error} ({self.folder})") from error
        if book is None:
            self._read = None
            return Book(self.known_identity())
        self._read = (seen if seen == _signature(self.path("versions.json")) else (), book)
        return book

    def _find(self) -> Book | None:
        """Return this function's book, and know its stem from now on."""
        if self._identity is None:
            return self._load(self.stem)
        refused: StateError | None = None
        for stem in self._identity.stems():
            try:
                book = self._load(stem)
            except StateError as error:
                refused = refused or error
                continue
            if book is not None and self._identity.owns(book, self.folder):
                if stem != self.stem:
                    self.stem = stem
                    book = self._load(stem) or book
                return book
        if refused is not None:
            raise refused  # it may be ours: nothing is stored beside it until a person has looked
        return None

    def _load(self, stem: str) -> Book | None:
        file = os.path.join(self.folder, f"{stem}_versions.json")
        data = read_regular(file)
        if data is None:
            return None
        try:
            return book_of(data, lambda number: os.path.join(self.folder, f"{stem}_v{number}.py"))
        except StateError as error:
            hint = error.hint or "mend or remove it; the original runs meanwhile"
            raise StateError(f"{file} {error.message}", hint=hint) from None

    def change(self, work: Callable[[Book], tuple[Result, list[dict[str, Any]]]], then: int | None = None) -> Result:
        """Let `work` change the book and say what it did; store both. `then` is how many old texts are kept.

        StateError when it cannot be stored, and then everything is as before.
        """
        try:
            with locked(self.folder):
                return self._changed(work, then)
        except OSError as error:
            hint = f"what was stored before is kept; look at {self.folder}"
            name = self._identity.qualname if self._identity else self.stem
            message = f"cannot store versions of {name}: {error.strerror or error}"
            raise StateError(message, hint=hint) from error

    def _changed(self, work: Callable[[Book], tuple[Result, list[dict[str, Any]]]], then: int | None) -> Result:
        self._read = None
        book = self._find() or self._claimed()
        self._introduce(book)
        trail, before = self.path("audit.jsonl"), list(book.last)
        result, entries = work(book)
        if not entries:
            return result
        if then is not None:
            entries += collected(book, then)[1]
        for entry in entries:
            book.revision += 1
            entry["sequence"] = book.revision
        book.last = entries
        data = book.to_bytes()
        audit.append(trail, before)  # what a killed process left unsaid, before it is forgotten
        replace_file(self.path("versions.json"), data)
        self._after(book, trail)
        return result

    def _introduce(self, book: Book) -> None:
        """Let the book say where the function is now, should its file have been moved."""
        if self._identity is not None and book.function.get("file") != self._identity.file:
            book.function = self._identity.to_json()

    def _after(self, book: Book, trail: str) -> None:
        """Tell the trail, and tidy: the change is made already, so that nothing here can fail it."""
        with contextlib.suppress(OSError):  # the book has the entries: the next change completes the trail
            audit.append(trail, book.last)
        for number in (one["version"] for one in book.last if one["event"] == "collected"):
            remove(self.path_of(number))
        running = book.pinned if book.pinned is not None else getattr(book.active(), "number", 0)
        target = os.path.basename(self.path_of(running)) if running else None
        point_to(self.path("current.py"), target)

    def _claimed(self) -> Book:
        """Return an empty book under a stem that is free, also where Score and score are one name. The lock is held."""
        assert self._identity is not None
        taken = {name.casefold() for name in os.listdir(self.folder)}
        free = (one for one in self._identity.stems() if f"{one}_versions.json".casefold() not in taken)
        stem = next(free, None)
        if stem is None:
            raise StateError(f"every name for the versions of {self._identity.qualname} is taken in {self.folder}")
        self.stem = stem
        trail = audit.read(self.path("audit.jsonl"), [])
        numbers = [one.version for one in trail] + _numbers(stem, taken)
        revision = max((one.sequence for one in trail), default=0)
        return Book(self._identity.to_json(), upcoming=max(numbers, default=0) + 1, revision=revision)


def _numbers(stem: str, names: set[str]) -> list[int]:
    """Return the numbers of version files that lie there already, such as those of a lost book."""
    pattern = re.compile(rf"{re.escape(stem.casefold())}_v(\d+)\.py")
    return [int(found[1]) for name in names if (found := pattern.fullmatch(name))]


def _signature(file: str) -> tuple[int, ...]:
    """Return what changes whenever a file is replaced, empty when it is not there."""
    try:
        about = os.stat(file)
    except OSError:
        return ()
    return about.st_mtime_ns, about.st_size, about.st_ino, about.st_ctime_ns
