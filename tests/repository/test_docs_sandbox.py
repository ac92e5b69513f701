"""What `docs/sandbox.md` shows is what happens: its Python, its Dana programs, its commands, and its tables."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import io
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dana_sandbox import RunOutcome, SandboxPolicy, isolation_report
from dana_sandbox.facades.export_tables import exports
from dana_sandbox.policy import DEFAULT_MODULES, LAYERS, OPTIONAL_MODULES
from dana_sandbox.run import compile_untrusted, run_untrusted

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
FENCED = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*?) -->\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL
)
REPORT = "isolation report, where every layer is there"


@dataclasses.dataclass(frozen=True)
class Block:
    """One fenced block: its language, the comment above it, its text."""

    kind: str
    note: str
    text: str


BLOCKS = [Block(found["kind"], found["note"] or "", found["text"]) for found in FENCED.finditer(PAGE)]


def rows(note: str) -> list[list[str]]:
    """Return the cells of the table below a comment, without its head."""
    table = PAGE.partition(f"<!-- {note} -->\n\n")[2].partition("\n\n")[0]
    assert table, note
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in table.splitlines()[2:]]


def quoted(cell: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)


@cache
def layers() -> frozenset[str]:
    """Return the layers that hold here."""
    return frozenset(isolation_report().layers)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with the files of the page."""
    for block in BLOCKS:
        if block.note.startswith("file: "):
            (tmp_path / block.note.removeprefix("file: ")).write_text(block.text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_every_python_block_prints_what_stands_below_it() -> None:
    """In order, in one namespace; a block without text below it prints nothing."""
    names: dict[str, object] = {"__name__": "page"}
    for block, below in zip(BLOCKS, [*BLOCKS[1:], Block("", "", "")], strict=True):
        if block.kind != "python" or not needed(block) <= layers():
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, "docs/sandbox.md", "exec"), names)  # noqa: S102 - the page's own examples
        is_output = below.kind == "text" and not below.note
        assert printed.getvalue() == (below.text if is_output else ""), block.text


def needed(block: Block) -> set[str]:
    """Return the layers without which a block prints something else."""
    return set(block.note.removeprefix("needs: ").split()) if block.note.startswith("needs: ") else set()


def test_every_command_prints_what_stands_below_it(folder: Path) -> None:
    """A command that fails prints its message where the page shows it, and the code that `echo $?` shows."""
    code = 0
    for command, shown in commands():
        if command == "echo $?":
            assert shown == f"{code}\n"
            continue
        program, *words = shlex.split(command)
        assert program == "dana-poet"
        line = [sys.executable, "-P", "-m", "dana_poet", *words]
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        assert done.stdout + done.stderr == shown, command
        code = done.returncode


def commands() -> list[tuple[str, str]]:
    """Return each command of the page with what stands below it."""
    found = []
    for block in BLOCKS:
        if block.kind == "console":
            for part in block.text.split("$ ")[1:] if block.text.startswith("$ ") else ():
                command, _, shown = part.partition("\n")
                found.append((command, shown))
    assert found
    return found


def test_no_block_is_left_out() -> None:
    """Each block is Python, a command, a file, or the output of the Python above it."""
    for before, block in zip([Block("", "", ""), *BLOCKS], BLOCKS, strict=False):
        known = block.kind in {"python", "console"} or block.note.startswith("file: ") or block.note == REPORT
        assert known or (block.kind == "text" and before.kind == "python"), block


def test_the_report_looks_as_it_is_shown() -> None:
    """Where every layer holds; the system's name and the version of Landlock are its own."""
    report = isolation_report()
    if set(report.layers) != LAYERS:
        pytest.skip(f"not every layer is there: {report}")
    shown = next(block.text for block in BLOCKS if block.note == REPORT)
    real = re.sub(r"ABI \d+", "ABI 6", re.sub(r"(?m)^isolation on .*", "isolation on Linux 6.12.0 x86_64", str(report)))
    assert shown == f"{real}\n"


def test_the_table_of_limits_is_the_policy() -> None:
    """Every field once, in its order, with its default."""
    default = SandboxPolicy()
    told = {quoted(name)[0]: quoted(value) for name, _, value, _ in rows("fields of SandboxPolicy with their defaults")}
    assert list(told) == [field.name for field in dataclasses.fields(SandboxPolicy)]
    for name, shown in told.items():
        if name == "modules":
            assert shown == sorted(OPTIONAL_MODULES)
        else:
            assert shown == ([] if name == "require" else [repr(getattr(default, name))]), name


def test_the_table_of_modules_is_what_programs_find() -> None:
    """Every module once; what is said to be missing is in Python's module and not in ours."""
    table = rows("modules: every allowed module, names that are missing")
    assert sorted(name for row in table for name in quoted(row[0])) == sorted(DEFAULT_MODULES | OPTIONAL_MODULES)
    for modules, missing, _ in table:
        for name in quoted(missing):
            module = quoted(modules)[0]
            assert name not in (exports(module) or ()), f"{module}.{name}"
            real = importlib.import_module(module)
            assert hasattr(real, name) or (module, name) in GONE, f"{module}.{name}"


# Not on every supported Python or numpy, or on no system but Linux.
GONE = {("re", "template"), ("time", "clock_settime"), ("time", "tzset")}


def loaded(source: str, **arguments: Any) -> Callable[[], RunOutcome]:
    """Return a run to be made later."""
    return lambda: run_untrusted(source, **arguments)


# What somebody did, by what the page says that they see.
MISTAKES: dict[str, Callable[[], object]] = {
    "TypeError: run_untrusted() got an unexpected keyword argument 'timeout'": loaded("result = 1", timeout=3),
    "TypeError: policy must be a SandboxPolicy, got dict": loaded("result = 1", policy={"wall_seconds": 1}),
    "PolicyError: modules must be a set of names, got 'numpy'": lambda: SandboxPolicy(modules="numpy"),  # type: ignore[arg-type]
    "there is no function f to call": loaded("def g():\n    pass\n", entry="f"),
    "TypeError: f() got an unexpected keyword argument 'b'": loaded(
        "def f(a):\n    pass\n", inputs={"b": 1}, entry="f"
    ),
    "input is not available here": lambda: compile_untrusted("result = input").run({"input": 1}),
    "NameError: name 'script' is not defined": loaded("script.py"),
    "the program must be text (str), not bytes [input]": loaded(b"result = 1"),  # type: ignore[arg-type]
    "1:1: invalid syntax": loaded("```python\nresult = 1\n```"),
    "invisible character U+200D (ZERO WIDTH JOINER)": loaded("result = 'a\u200db'"),
    "invisible character U+FEFF": loaded("\ufeffresult = 1"),
    "inputs['x'] is a numpy array [input]": loaded("result = x", inputs={"x": np.arange(2)}),
    "numpy is opt-in and not switched on here": loaded("import numpy"),
    "result is a generator [result]": loaded("result = (x for x in [1])"),
    "inputs['f'] is a function [input]": loaded("result = f(1)", inputs={"f": len}),
    "RecursionError": loaded("def f():\n    return f()\nf()"),
    "MemoryError: needed more than 256 MiB": loaded("x = 'x' * 10**9", policy=SandboxPolicy(retries=0)),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_mistakes_look_as_they_are_shown(message: str) -> None:
    """Somebody pastes the message into a search for this page."""
    table = PAGE.partition("## Troubleshooting")[2].splitlines()
    assert any(message in line[1:-1].split("|")[0] for line in table)
    assert message in seen(MISTAKES[message])


def seen(mistake: Callable[[], object]) -> str:
    """Return what somebody sees who makes a mistake."""
    try:
        outcome = mistake()
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    assert isinstance(outcome, RunOutcome)
    return "\n".join(map(str, (outcome.error, *outcome.violations)))


@pytest.mark.parametrize(("rule", "code", "hint"), rows("refusals: rule, code, hint"))
def test_what_is_said_to_be_refused_is_refused(rule: str, code: str, hint: str) -> None:
    """By that rule, with that hint."""
    outcome = run_untrusted(quoted(code)[0])
    assert outcome.status == "rejected"
    assert (quoted(rule)[0], hint) in {(one.rule, one.hint) for one in outcome.violations}, outcome.violations


def test_every_rule_is_on_the_page() -> None:
    """A rule that somebody counts can be looked up."""
    told = PAGE.partition("## What programs may not write")[2].partition("\n## ")[0]
    source = Path(importlib.import_module("dana_sandbox").__file__ or "").parent
    pattern = re.compile(r"""(?:refuse|note|note_if|Violation)\([^"\n]*?"([a-z]+)"[,)]""")
    rules = {rule for file in source.rglob("*.py") for rule in pattern.findall(file.read_text(encoding="utf-8"))}
    assert {"import", "attribute", "size", "input"} <= rules
    assert sorted(rules - set(quoted(told))) == []


def test_links_lead_somewhere() -> None:
    """Files and headings that the page names exist."""
    titles = [line.lstrip("#").strip() for line in PAGE.splitlines() if line[:1] == "#"]
    headings = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", PAGE):
        name, _, anchor = target.partition("#")
        assert not name or (ROOT / "docs" / name).exists() or not (ROOT / "dana_poet").exists(), target
        assert not anchor or name or anchor in headings, target
