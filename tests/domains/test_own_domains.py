"""Domains of users: from a folder, from an installed package."""

from __future__ import annotations

import textwrap
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

import dana_poet
from dana_poet.domains import Call, Domain, get, load_folder, names, registry
from dana_poet.domains.conformance import check
from dana_poet.errors import PoetOptionError, PoetValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPLATE = """\
# greenhouse

Plants that want light and water.

## Perceive
- Read light in lux.

## Operate
- Try again after a lost connection.

## Enforce
- Every plan has a duration.

## Train
- Record the harvest.
"""
DATA = """\
grants = ["coerce"]
imports = ["math"]
required_keys = ["minutes"]

[defaults]
retries = 1

[options.crop]
summary = "what grows"
kind = "text"

[parameters.water]
start = 2.0
low = 0.5
high = 8.0
unit = "l"
summary = "water for a square metre"

[quantities.moisture]
match = ["moisture", "*_moisture"]
read = "rate"
low = 0
high = 1
words = { dry = 0.1, wet = 0.8 }

[quantities.light]
dimension = "illuminance"
unit = "lx"
"""
CODE = """\
def transient(error):
    return isinstance(error, (ConnectionError, BlockingIOError))

METRICS = {"minutes": lambda result, call: result["minutes"]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with one domain."""
    (tmp_path / "greenhouse.md").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "greenhouse.toml").write_text(DATA, encoding="utf-8")
    (tmp_path / "greenhouse.py").write_text(CODE, encoding="utf-8")
    yield tmp_path
    registry.forget("greenhouse")


def test_a_domain_of_three_files_works(folder: Path) -> None:
    """Template, data, functions; and it conforms."""
    (domain,) = load_folder(folder)
    assert get("greenhouse") is domain
    assert domain.summary == "Plants that want light and water."
    assert domain.requirements("perceive") == ("Read light in lux.",)
    assert domain.settings()["retries"] == 1
    assert domain.settings()["water"] == 2.0
    assert domain.normalise is not None
    assert domain.normalise("soil_moisture", float, "wet", {}) == 0.8
    assert domain.normalise("light", float, "300 lux", {}) == 300.0
    with pytest.raises(PoetValidationError, match="'moisture' takes a moisture from 0 to 1"):
        domain.normalise("moisture", float, "soggy", {})
    assert domain.enforce is not None
    with pytest.raises(PoetValidationError, match="lacks 'minutes'"):
        domain.enforce({}, Call("water"))
    assert domain.transient is not None
    assert domain.transient(BlockingIOError())
    assert domain.measure({"minutes": 3}, Call("water")) == {"minutes": 3.0}
    assert check(domain) == []


def test_a_template_alone_is_a_domain(tmp_path: Path) -> None:
    """Experts write text; the rest may come later."""
    (tmp_path / "orchard.md").write_text(TEMPLATE.replace("greenhouse", "orchard"), encoding="utf-8")
    try:
        (domain,) = load_folder(tmp_path)
        assert check(domain) == []
    finally:
        registry.forget("orchard")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("greenhouse.toml", "grants = [", "cannot be read"),
        ("greenhouse.toml", "colour = 1", "there is no key 'colour'"),
        ("greenhouse.toml", "[quantities.a]\nread = 'tea leaves'", "reads 'tea leaves'"),
        ("greenhouse.toml", "[quantities.a]\nshade = 1", "shade"),
        ("greenhouse.toml", "[parameters.a]\nstart = 9.0", "starts at 9.0"),
        ("greenhouse.toml", "[options.a]\nkind = 'number'", "summary"),
        ("greenhouse.toml", "grants = ['everything']", "grants 'everything'"),
        ("greenhouse.toml", "options = 3", "items"),
        ("greenhouse.py", "1 / 0", "division by zero"),
        ("greenhouse.py", "def transient(:", "greenhouse.py"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(folder: Path, file: str, text: str, said: str) -> None:
    """A domain that is half read would behave like another one."""
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(PoetOptionError) as told:
        load_folder(folder)
    assert said in f"{told.value}"
    assert "greenhouse" in f"{told.value}" or "'a'" in f"{told.value}"
    assert "greenhouse" not in names()


def test_a_folder_without_domains_is_told(tmp_path: Path) -> None:
    """An empty folder is a wrong path more often than a plan."""
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(PoetOptionError):
            load_folder(path)


def test_a_project_names_its_folder_once(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In `dana.toml`, for Dana and Python alike; a domain is read when somebody asks for it."""
    project, elsewhere = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("elsewhere")
    folder.rename(project / "fields")
    (project / "dana.toml").write_text('[run]\ndomains = ["fields"]\n', encoding="utf-8")
    program = '@poet(domain="greenhouse")\ndef water(moisture: float): return {"minutes": moisture * 10}\nprint(water("wet"))\n'
    (project / "water.na").write_text(program, encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    assert dana_poet.run(project / "water.na", state=elsewhere).output == "{'minutes': 8.0}\n"
    registry.forget("greenhouse")
    with pytest.raises(PoetOptionError):
        get("greenhouse")
    monkeypatch.chdir(project)
    assert "greenhouse" in names()
    assert get("greenhouse").summary == "Plants that want light and water."
    with pytest.raises(PoetOptionError) as told:
        get("greenhous")
    assert "'greenhouse'" in told.value.hint
    monkeypatch.setenv("DANA_DOMAINS", str(project / "nowhere"))
    with pytest.raises(PoetOptionError, match="cannot be read"):
        get("orchard")


def test_an_installed_package_adds_a_domain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the entry point group dana_poet.domains; what it makes is checked."""
    source = """
        from dana_poet.domains import Domain
        DOMAIN = Domain(name="fisheries", summary="fish")
        def wrong():
            return "no domain"
    """
    (tmp_path / "fishery_plugin.py").write_text(textwrap.dedent(source), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    points = {
        name: EntryPoint(name, value, registry.GROUP)
        for name, value in (
            ("fisheries", "fishery_plugin:DOMAIN"), ("wrong_fish", "fishery_plugin:wrong"), ("no_fish", "fishery_plugin:missing"),
        )
    }  # fmt: skip
    monkeypatch.setattr(registry, "_entry_points", lambda: points)
    try:
        found = get("fisheries")
        assert isinstance(found, Domain)
        assert "fisheries" in names()
        for name in ("wrong_fish", "no_fish"):
            with pytest.raises(PoetOptionError, match="fishery_plugin"):
                get(name)
        with pytest.raises(PoetOptionError) as told:
            get("fisherys")
        assert "'fisheries'" in told.value.hint
    finally:
        registry.forget("fisheries")
