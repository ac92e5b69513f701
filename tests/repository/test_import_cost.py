"""What a start loads: counted in modules, because modules do not depend on how busy the machine is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"lark", "numpy", "sklearn", "matplotlib", "httpx", "rich", "prompt_toolkit", "pydantic", "tenacity", "mcp"}
SLOW_STANDARD = {"asyncio", "concurrent.futures", "logging", "inspect", "unittest", "email", "http", "ssl"}
HELLO = Path(__file__).parents[2] / "examples" / "hello.na"


def loaded_by(program: str, *arguments: str) -> set[str]:
    """Return the names of all modules that are loaded after `program` ran in a fresh interpreter."""
    report = f"{program}\nimport sys; print('\\n' + '\\n'.join(sys.modules), file=sys.stderr)"
    command = [sys.executable, "-P", "-c", report, *arguments]
    # Without this variable compiled programs are kept, as they are for users.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment)
    return set(done.stderr.splitlines())


def test_importing_dana_poet_loads_nothing_heavy() -> None:
    """Each verb imports what it needs when it is used."""
    loaded = loaded_by("import dana_poet")
    assert loaded & HEAVY == set()
    assert loaded & SLOW_STANDARD == set()


def test_importing_the_language_loads_only_the_standard_library() -> None:
    """Parsing needs tables, not lark."""
    assert loaded_by("from dana_grammar.parse import parse; parse('x = 1\\n', 'x.na')") & HEAVY == set()


RUN = """
import sys
from dana_poet.cli.main import main
try:
    code = main()
except SystemExit as done:
    code = done.code
assert not code, code
"""


@pytest.mark.parametrize("arguments", [["--version"], ["run", str(HELLO)]], ids=["version", "run"])
def test_a_command_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    """`--version` and a program that is compiled already start at once."""
    program = tmp_path / "hello.na"
    program.write_text(HELLO.read_text())
    arguments = [str(program) if argument == str(HELLO) else argument for argument in arguments]
    loaded_by(RUN, *arguments)  # compiles and caches
    loaded = loaded_by(RUN, *arguments)
    assert loaded & HEAVY == set()
    assert loaded & SLOW_STANDARD == set()


def test_a_second_run_loads_no_parser(tmp_path: Path) -> None:
    """The compiled program is found in its cache, so the language is not needed."""
    program = tmp_path / "hello.na"
    program.write_text(HELLO.read_text())
    loaded_by(RUN, "run", str(program))
    loaded = loaded_by(RUN, "run", str(program))
    assert {name for name in loaded if name.startswith("dana_grammar.")} <= {"dana_grammar.span", "dana_grammar.errors"}
