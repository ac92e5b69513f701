"""What `docs/domains.md` shows is what happens, and its tables are made of the domains' own data."""

from __future__ import annotations

import contextlib
import io
import linecache
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dana_poet
from dana_poet.domains import building_management, financial_services, get, healthcare, manufacturing, registry
from dana_poet.domains.reading import READERS
from dana_poet.domains.registry import BUILT_IN

if TYPE_CHECKING:
    from dana_poet.domains.quantity import Quantity

PAGE = Path(__file__).parents[2] / "docs" / "domains.md"
TEXT = PAGE.read_text(encoding="utf-8")
FENCED = re.compile(
    r"(?:^<!-- file (?P<file>\S+) -->\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```\n", re.MULTILINE | re.DOTALL
)
BLOCKS = [(found["kind"], found["file"], found["text"]) for found in FENCED.finditer(TEXT)]
MODULES = {
    one.DOMAIN.name: one.QUANTITIES for one in (building_management, financial_services, healthcare, manufacturing)
}


def table(note: str) -> list[str]:
    """Return the rows of the table below a comment, without its head."""
    return TEXT.partition(f"<!-- {note} -->\n\n")[2].partition("\n\n")[0].splitlines()[2:]


def patterns(quantity: Quantity) -> str:
    """Return the patterns of names; `(*_)x` stands for `x` and `*_x`."""
    match = quantity.match
    both = {one for one in match if f"*_{one}" in match}
    return code(
        f"(*_){one}" if one in both else one for one in match if one.removeprefix("*_") not in both or one in both
    )


def code(words: Any) -> str:
    """Return words in backticks, or a dash."""
    return ", ".join(f"`{word}`" for word in words) or "-"


def domain_rows() -> list[str]:
    """Return the table of domains."""
    return [f"| `{name}` | {get(name).summary} | {code(get(name).options)} |" for name in BUILT_IN]


def bounds(quantity: Quantity) -> str:
    """Return the bounds of a quantity."""
    if quantity.low is None and quantity.high is None:
        return "-"
    low, high = ("" if one is None else f"{one:.7g}" for one in (quantity.low, quantity.high))
    return " ".join(f"{low} - {high} {quantity.unit}".split())


def quantity_rows() -> list[str]:
    """Return the table of quantities."""
    rows = []
    for name, quantities in MODULES.items():
        for one in quantities:
            unit = f", in {one.unit}" if one.unit else ""
            explicit = ", *explicit*" if one.explicit else ""
            hints = f" (hint {one.only[0].__name__})" if one.only else ""
            rows.append(
                f"| `{name}` | {patterns(one)}{hints} | {one.article} {one.name}{unit}{explicit} | {bounds(one)} |"
            )
    return rows


def parameter_rows() -> list[str]:
    """Return the table of learnable parameters and metrics."""
    return [
        f"| `{name}` | {code(one.name for one in get(name).parameters)} | {code(get(name).metrics)} |"
        for name in BUILT_IN
    ]


@pytest.mark.parametrize(
    ("note", "rows"), [("domains", domain_rows()), ("quantities", quantity_rows()), ("parameters", parameter_rows())]
)
def test_a_table_says_what_the_data_says(note: str, rows: list[str]) -> None:
    """A table that is written by hand is wrong after the next change."""
    assert table(note) == rows


def test_all_readers_are_named() -> None:
    """Who writes a domain needs the list."""
    (listed,) = re.findall(r"`read` is one of (.*?);", TEXT, re.DOTALL)
    assert re.findall(r"`(\w+)`", listed) == list(READERS)


def test_the_blocks_do_what_they_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From top to bottom, in one folder, as a reader would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DANA_STATE_DIR", str(tmp_path / "state"))
    names: dict[str, Any] = {"__name__": "shown"}
    shown = ""
    try:
        for number, (kind, file, text) in enumerate(BLOCKS):
            if file:
                (tmp_path / file).parent.mkdir(exist_ok=True)
                (tmp_path / file).write_text(text, encoding="utf-8")
            elif kind == "output":
                assert shown == text
            elif kind == "python":
                shown = _python(text, tmp_path / f"block{number}.py", names)
            elif kind == "dana":
                (tmp_path / "shown.na").write_text(text, encoding="utf-8")
                shown = dana_poet.run(tmp_path / "shown.na").output
    finally:
        registry.forget("greenhouse")


def _python(text: str, file: Path, names: dict[str, Any]) -> str:
    """Return what a block prints. Its text is kept where `inspect` finds it, as in a file of a reader."""
    file.write_text(text, encoding="utf-8")
    linecache.checkcache(str(file))
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(text, str(file), "exec"), names)  # noqa: S102 - the page's own examples
    return output.getvalue()
