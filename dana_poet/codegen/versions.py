"""Versions of functions in a `.poet` folder: stored whole or not at all, checked whenever loaded, never run when stale.

`VersionStore(folder).open(original)` gives a `History`. Reading takes no lock and writes nothing; a change holds the
folder's lock, writes what is new beside the old and swaps the list of versions in one step. What decides is
`<name>_versions.json`; `<name>_v1.py` are the texts, `<name>_audit.jsonl` tells every change.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from dana_poet.codegen import audit
from dana_poet.codegen.version_book import BookFile, Identity
from dana_poet.codegen.version_changes import (
    QuarantinedError,
    added,
    collected,
    expelled,
    moved,
    noted,
    pinned,
    refusal,
    rolled_back,
)
from dana_poet.codegen.version_files import content_hash, read_regular
from dana_poet.codegen.version_record import NEXT, Origin, State, Version, decoded, found, plain
from dana_poet.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.codegen.generator import Candidate
    from dana_poet.codegen.original import Original
    from dana_poet.codegen.verification.report import Verification
    from dana_poet.codegen.version_record import Book

__all__ = ["KEPT", "NEXT", "History", "Origin", "QuarantinedError", "State", "Version", "VersionStore"]

KEPT = 20
"""Retired and quarantined versions whose text is kept; of older ones the evidence is."""
TOLD = 20
"""Counterexamples that are told to a generator, the newest."""


class VersionStore:
    """A folder of versions, usually `.poet` beside the functions. Nothing is created before the first version.

    >>> import tempfile
    >>> from dana_poet.codegen.generator import Candidate
    >>> from dana_poet.codegen.original import Original
    >>> original = Original.of_source("def twice(n):\\n    return n + n\\n")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     history = VersionStore(folder).open(original)
    ...     version = history.add(Candidate("def twice(n):\\n    return 2 * n\\n", "person", "editor"), None)
    ...     _ = [history.move(version, state, "an example") for state in ("verified", "active")]
    ...     print(history.current().source(), end="")
    def twice(n):
        return 2 * n
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.path.abspath(os.fspath(folder))

    def __repr__(self) -> str:
        return f"VersionStore({self.folder!r})"

    def open(self, original: Original) -> History:
        """Return the history of a function; an unreadable one says so in `problem`, and refuses changes."""
        identity = Identity.of(original, self.folder)
        return History(BookFile(self.folder, identity), original.source_hash, original.source)

    def histories(self) -> tuple[History, ...]:
        """Return the histories of all functions in the folder, sorted by name, for people to look at.

        They know no original until `know` is called. One that cannot be read is among them.
        """
        try:
            names = sorted(os.listdir(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            return ()
        ending = "_versions.json"
        stems = [name.removesuffix(ending) for name in names if name.endswith(ending)]
        return tuple(History(BookFile(self.folder, None, stem), "", "") for stem in stems)


class History:
    """The versions of one function. StateError from every change that cannot be made; what is stored stays.

    `problem` says why `current()` gave None although there is a version to run, else it is empty; `stale` is that version
    where it was made for other code of the function.
    """

    def __init__(self, file: BookFile, source_hash: str, source: str) -> None:
        self._file = file
        self.source_hash = source_hash
        self._source = source
        self.problem = ""
        self.stale: Version | None = None

    def __repr__(self) -> str:
        return f"History({self.name!r}, {os.path.dirname(self.file_of('versions.json'))!r})"

    def know(self, source_hash: str, source: str) -> None:
        """Take the function as it is now: what was made for other code is stale from here on, and 0 is this source."""
        self.source_hash, self._source = source_hash, source

    @property
    def name(self) -> str:
        """What people call the function: `module.qualname`."""
        about = self.function
        return ".".join(part for part in (about.get("module"), about.get("qualname")) if part) or self._file.stem

    @property
    def function(self) -> dict[str, str]:
        """Name, qualname, module and file (relative to the folder) of the function."""
        try:
            return dict(self._file.read().function)
        except StateError:
            return dict(self._file.known_identity())

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions, oldest first; StateError when they cannot be read."""
        return tuple(sorted(self._book().versions.values(), key=lambda one: one.number))

    @property
    def pinned(self) -> int | None:
        """The version that a person pinned, 0 for the original, None when nothing is pinned."""
        return self._book().pinned

    def file_of(self, ending: str) -> str:
        """Return the path of a file that belongs to the function, such as `params.json`."""
        return self._file.path(ending)

    def stamp(self) -> tuple[int, ...]:
        """Return what is another one when the list of versions was changed, by whom ever; costs one `stat`."""
        return self._file.stamp()

    def version(self, number: int) -> Version:
        """Return a version by its number; StateError with those that there are."""
        return found(self._book(), number)

    def current(self) -> Version | None:
        """Return the version to run: pinned, else active; intact, and made for the function as it is now.

        None when there is none, or the original is to run; then `problem` has the reason if anything is wrong. Never
        raises.
        """
        self.problem, self.stale = "", None
        before: Version | None = None
        while True:
            try:
                version = self._chosen()
            except StateError as error:
                self.problem = error.message
                return None
            if version is None or not self._fresh(version):
                return None
            try:
                version.source()
            except StateError as error:
                if version == before:
                    self.problem = error.message
                    return None
                before = version  # another process may have replaced it and removed its text meanwhile: look again
            else:
                return version

    def _chosen(self) -> Version | None:
        book = self._book()
        return book.versions.get(book.pinned) if book.pinned is not None else book.active()

    def _fresh(self, version: Version) -> bool:
        if not self.source_hash or version.source_hash == self.source_hash:
            return True
        self.problem = f"version {version.number} is stale: it was made for other code of {self.name}"
        self.stale = version
        return False

    def challenger(self) -> Version | None:
        """Return the newest version that is on trial for the function as it is now: verified, in shadow or canary."""
        on_trial = [one for one in self.versions if one.state in {"verified", "shadow", "canary"}]
        return next((one for one in reversed(on_trial) if one.source_hash == self.source_hash), None)

    def refuses(self, source: str) -> str:
        """Return why a text may not be stored as a version again, empty when it may."""
        return refusal(self._book(), content_hash(source), self.source_hash)

    def counterexamples(self) -> tuple[str, ...]:
        """Return where earlier candidates for the function as it is now were wrong, the newest last."""
        told: dict[str, None] = {}
        for version in self.versions:
            if not self.source_hash or version.source_hash == self.source_hash:
                told.update(dict.fromkeys(_told(self.evidence(version))))
        return tuple(told)[-TOLD:]

    def evidence(self, version: int | Version) -> Mapping[str, Any]:
        """Return what is known about a version: gates of its verification, its trial, counterexamples."""
        one = self.version(_number(version))
        if not one.collected:
            return one.evidence
        entries = (entry for entry in self.audit() if entry.version == one.number and entry.event == "collected")
        return next((entry.evidence for entry in entries), {})

    def audit(self) -> tuple[audit.AuditEntry, ...]:
        """Return every change that was made, in order."""
        try:
            return audit.read(self.file_of("audit.jsonl"), self._book().last)
        except OSError as error:
            raise StateError(f"the audit trail cannot be read: {error.strerror or error}") from error

    def diff(self, a: int, b: int) -> str:
        """Return the unified diff from version `a` to `b` as their files are now; 0 is the original."""
        import difflib

        old, new = (f"{self.name} {f'v{number}' if number else 'original'}" for number in (a, b))
        before, after = (self._text(number).splitlines() for number in (a, b))
        lines = difflib.unified_diff(before, after, old, new, lineterm="")
        return "".join(f"{line}\n" for line in lines)

    def _text(self, number: int) -> str:
        if number == 0:
            if self._source:
                return self._source
            raise StateError("the original's source is not known here")
        version = self.version(number)
        try:
            data = read_regular(version.path)
        except OSError as error:
            raise StateError(f"version {number} cannot be read: {error.strerror or error}") from error
        text = decoded(data) if data is not None else None
        if text is None:
            gone = "was removed as one of the oldest" if version.collected else "cannot be read"
            raise StateError(f"the text of version {number} {gone} ({version.path})")
        return text

    def add(self, candidate: Candidate, verification: Verification | None) -> Version:
        """Store a candidate: "draft" unverified, "verified", or "quarantined" when verification refused it.

        The same text for the same function is one version. QuarantinedError for a text that was quarantined or that a
        person took back.
        """
        evidence = plain(_data(verification.to_json())) if verification is not None else None
        accepted = verification.accepted if verification is not None else None
        return self._file.change(
            lambda book: added(book, self._file, self.source_hash, candidate, accepted, evidence), then=KEPT
        )

    def move(
        self, version: int | Version, state: State, reason: str, evidence: Mapping[str, Any] | None = None
    ) -> Version:
        """Change a version's state; that it has it already is no error. `evidence["percent"]` is a canary's share.

        Making one active retires the one before. StateError for a step that `NEXT` does not have, a stale or changed
        text; QuarantinedError for one that was taken back by hand.
        """
        told = plain(evidence or {})
        return self._file.change(lambda book: moved(book, _number(version), state, reason, told, self.source_hash))

    def rollback(self, to: int | None = None, reason: str = "") -> Version | None:
        """Go back to version `to`, 0 for the original, None for what was active before; return what is active now.

        By hand: what is left counts as withdrawn, and is not made active again by itself.
        """
        why = reason or "asked for by hand"
        return self._file.change(lambda book: rolled_back(book, to, why, self.source_hash))

    def expel(
        self, version: int | Version, state: State, reason: str, evidence: Mapping[str, Any] | None = None
    ) -> Version:
        """Take a version out of use, "retired" or "quarantined", in one step with the return to what was active before.

        For what decides by itself; a version that is out already stays as it is, and the others too.
        """
        told = plain(evidence or {})
        return self._file.change(lambda book: expelled(book, _number(version), state, reason, told, self.source_hash))

    def pin(self, number: int) -> Version | None:
        """Make a version, 0 for the original, run whatever happens, until `unpin`. An edited file is taken as it is now."""
        return self._file.change(lambda book: pinned(book, number))

    def unpin(self) -> None:
        """Let the active version run again."""
        self._file.change(lambda book: pinned(book, None))

    def note(self, event: str, reason: str, evidence: Mapping[str, Any] | None = None) -> None:
        """Say in the audit trail what changes no version, such as why a generation failed."""
        told = plain(evidence or {})
        self._file.change(lambda _book: noted(event, reason, told))

    def collect(self, keep: int = KEPT) -> int:
        """Remove the texts of retired and quarantined versions but the newest `keep`; return how many were removed."""
        return self._file.change(lambda book: collected(book, keep))

    def _book(self) -> Book:
        return self._file.read()


def _number(version: int | Version) -> int:
    return version if isinstance(version, int) else version.number


def _data(told: Any) -> Any:
    return json.loads(told) if isinstance(told, str) else told


def _told(evidence: Mapping[str, Any]) -> list[str]:
    """Return the counterexamples in a version's evidence: those of refused gates, and those met in use."""
    gates = (evidence.get("verification") or {}).get("gates") or ()
    failed = [str(gate["counterexample"]) for gate in gates if gate.get("counterexample")]
    return [*failed, *map(str, evidence.get("counterexamples") or ())]
