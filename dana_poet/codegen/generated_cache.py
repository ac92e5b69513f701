"""Answers of models that were paid for, by the hash of their question: one JSON file each, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from typing import Any

from dana_poet import unwritable
from dana_poet.codegen.generator import Candidate, Usage
from dana_poet.errors import warn

FORMAT = 1


class GeneratedCache:
    """Candidates in files of `folder`, which is made with the first one. Safe between threads and processes.

    A damaged file counts as none. One that cannot be written is a PoetWarning, and the candidate is used all the same.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = GeneratedCache(folder)
    ...     cache.put("k" * 64, Candidate("def f(): ...", "model", "llm:x"))
    ...     cache.get("k" * 64).source
    'def f(): ...'
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = os.fspath(folder)

    def get(self, key: str) -> Candidate | None:
        """Return the candidate of a question, None when there is none; its `usage` is what it had cost."""
        said = self._read(key)
        try:
            return None if said is None else _candidate(said)
        except (KeyError, TypeError, ValueError):
            return None

    def put(self, key: str, candidate: Candidate) -> None:
        """Keep a candidate."""
        hashed = hashlib.sha256(candidate.source.encode()).hexdigest()
        self._write(key, {**asdict(candidate), "content_hash": hashed, "rejected": ""})

    def reject(self, key: str, reason: str) -> None:
        """Remember that the candidate of a question was refused, so that it is not handed out again."""
        said = self._read(key)
        if said is not None:
            self._write(key, {**said, "rejected": reason or "rejected"})

    def rejection(self, key: str) -> str:
        """Return why the candidate of a question was refused, the empty text when it was not."""
        said = self._read(key) or {}
        return str(said.get("rejected") or "")

    def _path(self, key: str) -> str:
        return os.path.join(self.folder, f"{key}.json")

    def _read(self, key: str) -> dict[str, Any] | None:
        try:
            with open(self._path(key), encoding="utf-8") as file:
                said = json.load(file)
        except (OSError, ValueError, RecursionError):
            return None
        return said if isinstance(said, dict) and said.get("format") == FORMAT else None

    def _write(self, key: str, said: dict[str, Any]) -> None:
        path = self._path(key)
        aside = f"{path}.{os.getpid()}.part"
        try:
            os.makedirs(self.folder, exist_ok=True)
            with open(aside, "w", encoding="utf-8") as file:
                json.dump({**said, "format": FORMAT}, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)
        except OSError as error:
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        told = f"an answer of a model cannot be kept in {self.folder}: {error}; it will be asked for again"
        if os.path.basename(self.folder) in unwritable.PARTS:  # beside versions, not a folder that somebody chose
            told = unwritable.to_tell(self.folder, error, told, "an answer of a model cannot be kept")
        if told:
            warn(told)


def _candidate(said: dict[str, Any]) -> Candidate:
    """Return the candidate of a file. ValueError when its source is not the one that was kept."""
    source, usage = str(said["source"]), said["usage"]
    if hashlib.sha256(source.encode()).hexdigest() != said["content_hash"]:
        raise ValueError("the source has been changed")
    return Candidate(
        source=source,
        origin="model",
        generator=str(said["generator"]),
        notes=str(said["notes"]),
        prompt_hash=str(said["prompt_hash"]),
        usage=None if usage is None else Usage(**usage),
    )
