"""Lets coverage.py measure `.na` files: `plugins = dana_poet.coverage_plugin` under `[run]` in its settings.

Coverage follows Dana code as it follows Python's. What it cannot know is which lines of a Dana text can run; that is
answered here, from the compiled program. Loaded by coverage alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coverage.plugin import CoveragePlugin, FileReporter, FileTracer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

    from coverage.plugin_support import Plugins
    from coverage.types import TLineNo

EXCLUDED = re.compile(r"#\s*pragma:\s*no cover")


class DanaTracer(FileTracer):
    """Says that lines executed in a `.na` file are lines of that file."""

    def __init__(self, filename: str) -> None:
        self._filename = filename

    def source_filename(self) -> str:
        """Return the file itself."""
        return self._filename


class DanaReporter(FileReporter):
    """Knows which lines of a `.na` file can run. `# pragma: no cover` leaves a line out, and the block it opens."""

    def lines(self) -> set[TLineNo]:
        """Return the lines that the compiled program has code for, without those that are marked."""
        from dana_poet.runtime.execute import compile_text

        return set(_lines_of(compile_text(self.source(), self.filename))) - self.excluded_lines()

    def excluded_lines(self) -> set[TLineNo]:
        """Return the lines that are marked, with the blocks that marked lines open."""
        found: set[int] = set()
        block: int | None = None
        for number, line in enumerate(self.source().splitlines(), 1):
            indent = len(line) - len(line.lstrip())
            if block is not None and line.strip() and indent <= block:
                block = None
            if EXCLUDED.search(line) and block is None:
                found.add(number)
                block = indent if EXCLUDED.split(line)[0].rstrip().endswith(":") else None
            elif block is not None:
                found.add(number)
        return found

    def source(self) -> str:
        """Return the text of the file."""
        from dana_poet.runtime.execute import read_text

        return read_text(self.filename)[0]


def _lines_of(code: CodeType) -> Iterator[int]:
    for _, _, line in code.co_lines():
        if line:
            yield line
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            yield from _lines_of(constant)


class DanaPlugin(CoveragePlugin):
    """The plugin that coverage talks to."""

    def file_tracer(self, filename: str) -> FileTracer | None:
        """Take `.na` files, leave all others."""
        return DanaTracer(filename) if filename.endswith(".na") else None

    def file_reporter(self, filename: str) -> FileReporter:
        """Return what knows the lines of a file that `file_tracer` took."""
        return DanaReporter(filename)

    def find_executable_files(self, src_dir: str) -> Iterator[str]:
        """Yield the Dana files under a folder, so that those that never ran are counted too."""
        from dana_poet.cli.verbs import files_in

        yield from files_in([src_dir])


def coverage_init(reg: Plugins, options: dict[str, str]) -> None:
    """Register the plugin; coverage calls this."""
    del options
    reg.add_file_tracer(DanaPlugin())
