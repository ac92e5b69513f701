"""`use("knowledge", sources=["docs"])`, also called `rag`: find the passages of files and pages that fit a question.

Passages are ranked by TF-IDF (scikit-learn), on this machine, without a model.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, ClassVar

from dana_poet.errors import DanaImportError, DanaValueError
from dana_poet.runtime.resources.base import ShippedResource, field, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.runtime.fields import FieldTable

TEXT_FILES = frozenset({
    ".txt", ".md", ".rst", ".na", ".py", ".json", ".jsonl", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".log", ".html",
})  # fmt: skip
LARGEST_FILE = 20 * 1024 * 1024
PASSAGE = 800
"""Characters. Paragraphs are joined up to this length; a longer paragraph is cut at a line or a word."""


class KnowledgeResource(ShippedResource):
    """Passages of text files, of folders of them and of `https://` pages. `num_results` is how many passages a query gives.

    The sources are read at the first query; `force_reload` reads them again for every query. `reranking` and `debug` are taken from older programs and
    change nothing.
    """

    __slots__ = ("_index", "_passages")
    __dana_table__: ClassVar[FieldTable] = fields_of(
        "knowledge",
        "knowledge",
        field("sources", list[str] | str),
        field("num_results", int, 3),
        field("force_reload", bool, False),
        field("reranking", bool, False),
        field("debug", bool, False),
    )
    __dana_type_text__ = "Resource[knowledge]"

    _passages: list[dict[str, Any]]
    _index: Any

    def query(self, request: Any = None, num_results: int | None = None, **_options: Any) -> str:
        """Return the best passages as text, each after its source; empty when none has a word of the request."""
        found = self.search(request, num_results)
        return "\n\n".join(f"[{passage['source']}]\n{passage['text']}" for passage in found)

    def search(self, request: Any, num_results: int | None = None) -> list[dict[str, Any]]:
        """Return the best passages, best first: dicts with `text`, `source`, `score` (0 to 1)."""
        self._running()
        if self.force_reload or self._index is None:
            self._read()
        vectorizer, matrix = self._index
        scores = (matrix @ vectorizer.transform([str(request)]).T).toarray().ravel()
        wanted = self.num_results if num_results is None else num_results
        best = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[: max(0, int(wanted))]
        return [
            {**self._passages[place], "score": round(float(scores[place]), 4)} for place in best if scores[place] > 0
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._index = None

    def _read(self) -> None:
        """Read the sources: at the first query, so that a program that never asks needs none of them."""
        vectorizer = _vectorizer()
        sources = [self.sources] if isinstance(self.sources, str) else self.sources
        self._passages = [
            {"text": text, "source": file}
            for source in sources
            for file, content in _contents(str(source))
            for text in passages(content)
        ]
        try:
            self._index = vectorizer, vectorizer.fit_transform([passage["text"] for passage in self._passages])
        except ValueError as error:
            raise DanaValueError(f"no text to search in {', '.join(map(str, sources))}") from error


def passages(text: str) -> list[str]:
    """Return a text in pieces of at most PASSAGE characters, cut at paragraphs where that can be.

    >>> passages("one\\n\\ntwo")
    ['one\\n\\ntwo']
    """
    pieces: list[str] = []
    current = ""
    for paragraph in text.split("\n\n"):
        for part in _short(paragraph.strip()):
            if current and len(current) + len(part) + 2 > PASSAGE:
                pieces.append(current)
                current = ""
            current = f"{current}\n\n{part}" if current else part
    return [*pieces, current] if current else pieces


def _short(paragraph: str) -> Iterator[str]:
    while len(paragraph) > PASSAGE:
        cut = max(paragraph.rfind("\n", 1, PASSAGE), paragraph.rfind(" ", 1, PASSAGE))
        cut = cut if cut > 0 else PASSAGE
        yield paragraph[:cut].strip()
        paragraph = paragraph[cut:].strip()
    if paragraph:
        yield paragraph


def _vectorizer() -> Any:
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
    except ImportError as error:
        raise DanaImportError(
            "the knowledge resource needs scikit-learn, which is not installed",
            hint='install it with: pip install "dana-poet[knowledge]"',
        ) from error
    return TfidfVectorizer(sublinear_tf=True)


def _contents(source: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of everything in one source: a file, a folder, a page of the web."""
    if "://" in source:
        from dana_poet.runtime.resources.page import page_text

        yield source, page_text(source, LARGEST_FILE)
        return
    for file in _files(source):
        yield file, _text(file)


def _files(source: str) -> list[str]:
    if os.path.isdir(source):
        found = [os.path.join(folder, name) for folder, _, names in os.walk(source) for name in names]
        return sorted(file for file in found if _is_text(file) and not os.path.basename(file).startswith("."))
    if not os.path.isfile(source):
        raise DanaValueError(f"knowledge source '{source}' is not there")
    if not _is_text(source):
        kinds = ", ".join(sorted(TEXT_FILES))
        raise DanaValueError(f"knowledge reads text files, not '{source}'", hint=f"kinds: {kinds}")
    return [source]


def _is_text(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in TEXT_FILES


def _text(file: str) -> str:
    try:
        if os.path.getsize(file) > LARGEST_FILE:
            raise DanaValueError(f"knowledge source '{file}' is larger than {LARGEST_FILE // 2**20} MiB")
        with open(file, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError as error:
        raise DanaValueError(f"knowledge source '{file}' cannot be read: {error.strerror or error}") from error
