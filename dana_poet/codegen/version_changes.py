"""The changes that a book of versions allows. Each checks first, then changes, then says what it did for the audit trail."""

from __future__ import annotations

import ast
import os
import time
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.version_files import content_hash, read_regular, write_new
from dana_poet.codegen.version_record import NEXT, Book, State, Version, decoded, found, plain
from dana_poet.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_poet.codegen.generator import Candidate
    from dana_poet.codegen.version_book import BookFile

Entries = list[dict[str, Any]]
LISTED = 100
"""Versions that are listed although their texts are gone; a list that grew for ever would be slow to read."""
_FORWARD: frozenset[str] = frozenset({"verified", "shadow", "canary", "active"})


class QuarantinedError(StateError):
    """A text was quarantined, or a person took it back: it is not stored, tried or made active again by itself."""


def refusal(book: Book, hashed: str, source_hash: str) -> str:
    """Return why a text is refused for the function as it is now, empty when it is not."""
    for one in book.versions.values():
        if one.content_hash == hashed and (not source_hash or one.source_hash == source_hash):
            if one.state == "quarantined":
                return f"it is version {one.number}, which is quarantined"
            if one.withdrawn:
                return f"it is version {one.number}, which was taken back by hand"
    return book.refused.get(f"{source_hash} {hashed}", "")


def added(
    book: Book, file: BookFile, source_hash: str, candidate: Candidate, accepted: bool | None, evidence: Any
) -> tuple[Version, Entries]:
    """Store a candidate's text and enter it. The text is on disk before the book names it."""
    hashed = content_hash(candidate.source)
    if why := refusal(book, hashed, source_hash):
        raise QuarantinedError(
            f"this text is not stored again: {why}", hint="`dana-poet versions --evidence` has the reason"
        )
    state: State = "draft" if accepted is None else "verified" if accepted else "quarantined"
    known = {"verification": evidence} if evidence is not None else {}
    for one in book.versions.values():
        if one.content_hash == hashed and one.source_hash == source_hash and _usable(one, candidate.source):
            return _again(book, one, state, known)
    number = book.upcoming
    while os.path.lexists(file.path_of(number)):
        number += 1  # a file that a killed process left, or a person put there: it stays, and its number is used up
    _store(file.path_of(number), candidate.source)
    book.upcoming = number + 1
    parent = book.active()
    book.versions[number] = version = Version(
        number=number, state=state, origin=candidate.origin, generator=candidate.generator, source_hash=source_hash,
        content_hash=hashed, created=now(), parent=parent.number if parent else None, evidence=known,
        usage=_usage(candidate.usage), notes=plain(candidate.notes), prompt_hash=plain(candidate.prompt_hash),
        path=file.path_of(number),
    )  # fmt: skip
    return version, [entry("added", version, "", state, f"by {candidate.generator}", known)]


def _usable(version: Version, text: str) -> bool:
    """Whether a version's file holds its text, or can be given it back; one that a person edited stays theirs."""
    data = read_regular(version.path)
    if data is None:
        _store(version.path, text)
        return True
    held = decoded(data)
    return held is not None and content_hash(held) == version.content_hash


def _store(path: str, text: str) -> None:
    try:
        write_new(path, text)
    except UnicodeEncodeError as error:
        raise StateError(f"the source cannot be written as UTF-8: {error.reason}") from error


def _again(book: Book, one: Version, state: State, known: dict[str, Any]) -> tuple[Version, Entries]:
    """Take what verification now says of a text that is stored already and that nobody runs."""
    raised = (one.state == "draft" and state != "draft") or (one.state == "retired" and state == "verified")
    if not raised and not one.collected:
        return one, []
    after: State = state if raised else one.state
    version = book.change(one.number, state=after, evidence={**one.evidence, **known}, collected=False, percent=0.0)
    return version, [entry("added again", version, one.state, after, "the same text", known)]


def moved(
    book: Book, number: int, state: State, reason: str, evidence: dict[str, Any], source_hash: str
) -> tuple[Version, Entries]:
    """Change the state of a version."""
    version = found(book, number)
    percent = _percent(evidence) if state == "canary" else 0.0
    if version.state == state and version.percent == percent and not evidence:
        return version, []
    if state not in NEXT or (state not in NEXT[version.state] and state != version.state):
        allowed = ", ".join(sorted(NEXT[version.state])) or "nothing"
        raise StateError(
            f"version {number} is {version.state} and cannot become {state}", hint=f"next can be {allowed}"
        )
    if version.state != state and state in _FORWARD:
        _may_go_on(book, version, source_hash)
    entries: Entries = []
    if state == "active":
        entries += _retire_active(book, but=number, reason=f"version {number} takes its place")
        book.serve(number)
    elif version.state == "active":
        book.serve(0)
    changed = book.change(number, state=state, percent=percent, evidence=_merged(version.evidence, evidence))
    return changed, [*entries, entry("moved", changed, version.state, state, reason, evidence)]


def _percent(evidence: Mapping[str, Any]) -> float:
    percent = evidence.get("percent", 0.0)
    if isinstance(percent, bool) or not isinstance(percent, (int, float)) or not 0 <= percent <= 100:
        raise StateError(f"a canary gets {percent!r} percent of the calls", hint="a number from 0 to 100")
    return float(percent)


def _may_go_on(book: Book, version: Version, source_hash: str) -> None:
    """Refuse what is stale, edited, or taken back under this or another number."""
    if why := refusal(book, version.content_hash, version.source_hash):
        hint = f"`dana-poet rollback FUNCTION {version.number}` makes it active again" if version.withdrawn else ""
        raise QuarantinedError(f"version {version.number} is not used again: {why}", hint=hint)
    if source_hash and version.source_hash != source_hash:
        raise StateError(f"version {version.number} is stale: it was made for other code of the function")
    version.source()


def _retire_active(book: Book, *, but: int, reason: str) -> Entries:
    active = book.active()
    if active is None or active.number == but:
        return []
    return [entry("moved", book.change(active.number, state="retired"), "active", "retired", reason)]


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, with the counterexamples of both."""
    merged = {**old, **{name: value for name, value in new.items() if name not in {"counterexample", "percent"}}}
    told = [*(old.get("counterexamples") or ()), *(new.get("counterexamples") or ())]
    if "counterexample" in new:
        told.append(str(new["counterexample"]))
    if told:
        merged["counterexamples"] = list(dict.fromkeys(told))[-20:]
    return merged


def rolled_back(book: Book, to: int | None, reason: str, source_hash: str) -> tuple[Version | None, Entries]:
    """Make an earlier version, or the original, what runs."""
    if book.pinned is not None:
        what = f"version {book.pinned}" if book.pinned else "the original"
        raise StateError(f"{what} is pinned", hint="`dana-poet unpin FUNCTION` first")
    leaving = book.active()
    if to is None:
        if leaving is None:
            raise StateError("the original runs already", hint="`dana-poet rollback FUNCTION N` makes version N active")
        to = _before(book, leaving.number, source_hash)
    arriving = _returnable(book, to, source_hash) if to else None
    if arriving is not None and arriving == leaving:
        return leaving, []
    entries: Entries = []
    if leaving is not None:
        left = book.change(leaving.number, state="retired", withdrawn=True)
        entries.append(entry("rolled back", left, "active", "retired", reason))
    book.serve(to)
    if arriving is None:
        return None, [*entries, _of_original("serves again", reason)]
    active = book.change(to, state="active", withdrawn=False, percent=0.0)
    return active, [*entries, entry("serves again", active, arriving.state, "active", reason)]


def expelled(
    book: Book, number: int, state: State, reason: str, evidence: dict[str, Any], source_hash: str
) -> tuple[Version, Entries]:
    """Take a version out of use; if it is the active one, what was active before serves again."""
    version = found(book, number)
    if version.state in {"retired", "quarantined"}:
        return version, []
    if version.state != "active":
        return moved(book, number, state, reason, evidence, source_hash)
    to = _before(book, number, source_hash)
    left = book.change(number, state=state, evidence=_merged(version.evidence, evidence))
    entries = [entry("rolled back", left, "active", state, reason, evidence)]
    book.serve(to)
    if not to:
        return left, [*entries, _of_original("serves again", reason)]
    before = book.versions[to].state
    return left, [*entries, entry("serves again", book.change(to, state="active"), before, "active", reason)]


def _before(book: Book, leaving: int, source_hash: str) -> int:
    """Return what was active before and still may be, 0 for the original."""
    for number in reversed(book.served):
        if number in {0, leaving} or number not in book.versions or book.versions[number].withdrawn:
            continue
        try:
            _returnable(book, number, source_hash)
        except StateError:
            continue
        return number
    return 0


def _returnable(book: Book, number: int, source_hash: str) -> Version:
    version = found(book, number)
    if version.state == "quarantined":
        hint = "copy its text, mend it, and pin that" if version.collected else "mend its file and pin it"
        raise QuarantinedError(f"version {number} is quarantined", hint=hint)
    if version.state == "draft":
        raise StateError(f"version {number} was never verified", hint="`dana-poet pin` runs it at your own risk")
    if source_hash and version.source_hash != source_hash:
        raise StateError(f"version {number} is stale: it was made for other code of the function")
    version.source()
    return version


def pinned(book: Book, number: int | None) -> tuple[Version | None, Entries]:
    """Pin a version, 0 for the original, or with None what was pinned no longer."""
    if number == book.pinned and not number:
        return None, []
    if number is None:
        before, book.pinned = book.pinned, None
        return None, [_unpinned(book, before or 0)]
    if number == 0:
        book.pinned = 0
        return None, [_of_original("pinned", "by hand")]
    version = found(book, number)
    hashed = _on_disk(version)
    edited = hashed != version.content_hash
    if version.state == "quarantined" and not edited:
        raise QuarantinedError(f"version {number} is quarantined", hint="mend its file, then pin it")
    if book.pinned == number and not edited:
        return version, []
    book.pinned = number
    if not edited:
        return book.change(number, pinned=True), [entry("pinned", version, reason="by hand")]
    if version.state == "active":
        book.serve(0)
    note = {"edited": "by hand after verification", "was": version.content_hash}
    changed = book.change(number, pinned=True, content_hash=hashed, state="draft", origin="person", evidence=note)
    return changed, [entry("pinned", changed, version.state, "draft", "as edited by hand", note)]


def _unpinned(book: Book, number: int) -> dict[str, Any]:
    if number in book.versions:
        return entry("unpinned", book.change(number, pinned=False), reason="by hand")
    return _of_original("unpinned", "by hand")


def _on_disk(version: Version) -> str:
    """Return the hash of a version's file as it is now; StateError when that is no Python."""
    try:
        data = read_regular(version.path)
    except OSError as error:
        raise StateError(f"version {version.number} cannot be read: {error.strerror or error}") from error
    text = decoded(data) if data is not None else None
    if text is None:
        raise StateError(f"the file of version {version.number} is gone or no text ({version.path})")
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise StateError(f"the file of version {version.number} is not Python: {error} ({version.path})") from None
    return content_hash(text)


def collected(book: Book, keep: int) -> tuple[int, Entries]:
    """Give up the texts of all retired and quarantined versions but the newest; their evidence goes to the trail."""
    over = [one for one in book.versions.values() if one.state in {"retired", "quarantined"} and not one.pinned]
    old = sorted(one.number for one in over if not one.collected)[: -keep or None]
    entries = []
    for number in old:
        version = book.versions[number]
        if _edited(version):
            continue
        entries.append(entry("collected", version, reason=f"more than {keep} old versions", evidence=version.evidence))
        book.change(number, evidence={}, usage=None, collected=True)
    _forget(book)
    return len(entries), entries


def _forget(book: Book) -> None:
    """Let the list be short: of the oldest versions whose texts are gone only what must not come back is kept."""
    gone = sorted(one.number for one in book.versions.values() if one.collected and not one.pinned)
    for number in gone[:-LISTED]:
        one = book.versions[number]
        if why := refusal(book, one.content_hash, one.source_hash):
            book.refused[f"{one.source_hash} {one.content_hash}"] = why
        del book.versions[number]


def _edited(version: Version) -> bool:
    """Whether a person changed a version's file: it is theirs, and stays."""
    try:
        return version.content_hash != _on_disk(version)
    except StateError:
        return os.path.lexists(version.path)


def entry(
    event: str, version: Version, before: str = "", after: str = "", reason: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what the audit trail says of a change of a version."""
    return {
        "sequence": 0, "at": now(), "event": event, "version": version.number, "before": before, "after": after,
        "reason": plain(reason), "evidence": dict(evidence or {}),
    }  # fmt: skip


def noted(event: str, reason: str, evidence: dict[str, Any]) -> tuple[None, Entries]:
    """Say something in the audit trail that changes no version, such as why a generation failed."""
    return None, [{**_of_original(event, reason), "evidence": evidence}]


def _of_original(event: str, reason: str) -> dict[str, Any]:
    return {
        "sequence": 0, "at": now(), "event": event, "version": 0, "before": "", "after": "", "reason": plain(reason),
        "evidence": {},
    }  # fmt: skip


def now() -> str:
    """Return the time in UTC, for people: nothing is ordered or decided by it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _usage(usage: Any) -> dict[str, Any] | None:
    spent = asdict(usage) if is_dataclass(usage) and not isinstance(usage, type) else usage
    return plain(dict(spent)) if spent else None
