"""What an original reaches by names of its module: its versions reach that too, in the sandbox and here, and no more."""

from __future__ import annotations

import asyncio
import os
import urllib.parse
import urllib.request
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen import verify
from dana_poet.codegen.original import Original
from dana_poet.codegen.outside import outside_of
from dana_poet.codegen.runner import CandidateError, runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 3
RATES = {"a": 2}


class Declined(Exception):  # noqa: N818 - a service names its errors as it likes
    """What a service raises."""


class Service:
    """Stands for an installed module, such as a client of a web service."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def get(self, item: str) -> Service:
        """Ask for something."""
        self.asked.append(item)
        if item == "none":
            raise Declined(item)
        return self

    def json(self) -> dict[str, int]:
        """Return the answer."""
        return {"price": 7}

    def delete(self, item: str) -> None:
        """Do what the original never does."""
        self.asked.append(f"delete {item}")


shop: Any = ModuleType("shop_client")
held = Service()
shop.get, shop.delete, shop.Declined = held.get, held.delete, Declined


def setting(name: str) -> str:
    """Return a setting."""
    value = os.environ.get(name)
    if value is None:
        raise KeyError(name)
    return value.strip()


def price(item: str) -> float:
    """Return the price of an item."""
    try:
        return float(shop.get(item).json()["price"] * LIMIT)
    except shop.Declined:
        return 0.0


async def later(item: str) -> int:
    """Return the price of an item, and wait."""
    await asyncio.sleep(0)
    found: int = shop.get(item).json()["price"]
    return found


def lines(path: str) -> int:
    """Count the lines of a file."""
    count = 0
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as people write it
        for line in file:
            count += 1 if line.strip() else 0
    return count


def size(url: str, part: str) -> int:
    """Return the length of a page."""
    with urllib.request.urlopen(url + urllib.parse.quote(part), timeout=2) as reply:  # noqa: S310 - a file of the test
        return len(reply.read())


def quoted(part: str) -> str:
    """Quote."""
    return urllib.parse.quote(part)


def noted(path: str) -> int:
    """Write something down."""
    with open(path, "w") as file:  # noqa: PTH123 - as people write it
        return file.write("done")


def at_home(name: str) -> str:
    """Return a setting, by a helper."""
    return helper(name) + str(RATES.get(name, LIMIT))


def helper(name: str) -> str:
    """Return an environment variable."""
    return os.environ.get(name, "?")


def ended(code: int) -> None:
    """End the process."""
    os._exit(code)


def text_of(function: Callable[..., Any]) -> str:
    """Return the source of a function, as a model that changes nothing writes it."""
    return Original.of(function).source


UNCHANGED = [setting, price, later, lines, at_home, size]
WRONG = {
    "another variable": (setting, "environ.get(name)", "environ.get(name + 'X')"),
    "another door": (setting, "    value =", "    os.getenv(name)\n    value ="),
    "a command": (setting, "    value =", "    here = os\n    here.system('true')\n    value ="),
    "no strip": (setting, ".strip()", ""),
    "another request": (price, "shop.get", "shop.delete"),
    "a request more": (price, "    try:", "    shop.get(item + '!')\n    try:"),
    "another sum": (price, "* LIMIT", "+ LIMIT"),
    "a file written": (lines, "    count = 0", "    count = 0\n    open('/tmp/x', 'w')"),
    "blank lines": (lines, " if line.strip() else 0", ""),
}


@pytest.mark.parametrize("function", UNCHANGED)
def test_an_unchanged_original_that_reaches_outside_is_accepted(function: Callable[..., Any]) -> None:
    """Nothing outside is touched for it: both sides get stand-ins."""
    before = list(held.asked)
    found = verify(function, text_of(function), seed=1)
    assert found.accepted, found.reason
    assert held.asked == before


@pytest.mark.parametrize(("function", "old", "new"), WRONG.values(), ids=WRONG)
def test_a_version_that_reaches_otherwise_is_refused(function: Callable[..., Any], old: str, new: str) -> None:
    """What both ask of the stand-ins is compared, and the report names it as the original does."""
    source = text_of(function)
    assert old in source
    found = verify(function, source.replace(old, new, 1), seed=1)
    assert not found.accepted
    assert "outside_" not in found.reason


def test_text_with_its_imports_is_an_original_too() -> None:
    """Nothing is imported for it."""
    text = "import os\n\n" + text_of(setting)
    assert verify(text, text, seed=1).accepted
    assert not verify(text, text.replace(".strip()", ""), seed=1).accepted


@pytest.mark.parametrize("mode", ["isolated", "restricted"])
def test_a_version_reaches_what_its_original_does(mode: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real thing, with its errors and files; it may import it, too."""
    monkeypatch.setenv("SETTING", " blue ")
    file = tmp_path / "three.txt"
    file.write_text("a\n\nb\nc\n")
    calls = [
        (setting, "import os\n" + text_of(setting), "SETTING", "blue"), (price, text_of(price), "tea", 21.0),
        (price, text_of(price), "none", 0.0), (lines, text_of(lines), str(file), 3),
        (at_home, text_of(at_home), "SETTING", " blue 3"),
    ]  # fmt: skip
    for function, source, given, expected in calls:
        run = runner(source, function, name=function.__name__, mode=mode)
        assert run(given) == expected
        run.close()
    run = runner(text_of(size), size, name="size", mode=mode)
    assert run(file.as_uri(), "") == 7
    run.close()
    run = runner(text_of(later), later, name="later", mode=mode)
    assert asyncio.run(run("tea")) == 7
    run.close()


@pytest.mark.parametrize("mode", ["isolated", "restricted"])
@pytest.mark.parametrize(
    "body", ["os.system('true')", "os.environ.copy()", "getattr(os, 'sys' + 'tem')('true')", "os.environ.keys()"]
)
def test_a_version_reaches_no_further(mode: Any, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever verification did not see: the host looks at every step."""
    monkeypatch.setattr(os, "system", lambda _command: pytest.fail("it ran a command"))
    run = runner(f"def setting(name: str) -> str:\n    return str({body})\n", setting, name="setting", mode=mode)
    with pytest.raises(CandidateError) as caught:
        run("HOME")
    assert not caught.value.acted
    run.close()


def test_what_reads_may_be_made_again_and_what_acts_may_not(tmp_path: Path) -> None:
    """A version that fails is covered by the original where that does nothing twice."""
    file = tmp_path / "x"
    acted = []
    for function, work in ((lines, "open(path, encoding='utf-8')"), (noted, "open(path, 'w')")):
        file.write_text("text")
        source = f"def {function.__name__}(path: str) -> int:\n    with {work}:\n        raise KeyError('no')\n"
        run = runner(source, function, name=function.__name__, mode="restricted")
        with pytest.raises(CandidateError) as caught:
            run(str(file))
        acted.append(caught.value.acted)
    assert acted == [False, True]


@pytest.mark.parametrize("mode", ["isolated", "restricted"])
def test_a_version_only_reads_files_where_its_original_does(mode: Any, tmp_path: Path) -> None:
    """`open` is one name for two powers."""
    file = tmp_path / "x"
    file.write_text("text")
    source = "def lines(path: str) -> int:\n    with open(path, mode='w') as file:\n        return file.write('evil')\n"
    run = runner(source, lines, name="lines", mode=mode)
    with pytest.raises(CandidateError, match="only read"):
        run(str(file))
    run.close()
    assert file.read_text() == "text"


def test_nobody_reaches_what_ends_the_process() -> None:
    """Not even an original that does."""
    assert outside_of(ended).roots == outside_of(quoted).roots == {}
    assert list(outside_of(size).roots) == ["urllib"]
    assert list(outside_of(at_home).roots) == ["os"]
    assert outside_of(at_home).paths == {"os.environ.get"}
