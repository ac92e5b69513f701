"""Pictures: files that can be opened, with the names and units that belong there; matplotlib only when one is drawn."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

from dana_learning import Choice, Parameter, ParameterError, Space
from dana_learning.explain import Explained
from dana_learning.plots import parameter_path, quality_with_interval, regret

SPACE = Space([
    Parameter("timeout", 30, 0.1, 60, unit="s", scale="log"), Parameter("retries", 1, 0, 6, integer=True),
    Choice("kind", "fast", ("fast", "careful")),
])  # fmt: skip
TRIED = [{"timeout": 2.0 + step, "retries": step % 6, "kind": "careful" if step % 2 else "fast"} for step in range(12)]
SERVED = [SPACE.defaults()] * 6 + [TRIED[6]] * 6
CHANGE = Explained(
    learner="tuner", before=SERVED[0], after=SERVED[-1], why="better", expected_gain=0.1, probability=0.95, evidence=6,
    counterfactual="0.5", revert="revert(1)", step=6,
)  # fmt: skip


def test_pictures_are_written(tmp_path: Path) -> None:
    """PNG and SVG, by the name of the file."""
    for suffix in ("png", "svg"):
        files = [
            parameter_path(SPACE, TRIED, SERVED, tmp_path / f"path.{suffix}", changes=[CHANGE]),
            quality_with_interval(
                [0.1 * (step % 8) for step in range(30)], tmp_path / f"quality.{suffix}", changes=[CHANGE]
            ),
            regret({"tuned": [0.5, 0.7, 0.9], "start": [0.5] * 3}, 0.95, tmp_path / f"regret.{suffix}"),
        ]
        for file in files:
            start = file.read_bytes()[:200]
            assert start.startswith(b"\x89PNG") if suffix == "png" else b"<?xml" in start
    assert "timeout [s]" in _text(tmp_path / "path.svg")


def _text(file: Path) -> str:
    """Return the texts of an SVG: they are comments beside their outlines."""
    return file.read_text(encoding="utf-8")


def test_little_data_is_no_reason_to_fail(tmp_path: Path) -> None:
    """Nothing yet, one execution, two."""
    for count in range(3):
        assert quality_with_interval([0.5] * count, tmp_path / "few.png").exists()
        assert parameter_path(SPACE, TRIED[:count], SERVED[:count], tmp_path / "few.svg").exists()
        assert regret({"tuned": [0.5] * count} if count else {}, 1.0, tmp_path / "few.png").exists()


def test_other_files_are_refused(tmp_path: Path) -> None:
    """Before anything is written."""
    with pytest.raises(ParameterError, match=r"\.png or \.svg"):
        regret({"tuned": [0.5]}, 1.0, tmp_path / "regret.txt")
    assert not (tmp_path / "regret.txt").exists()


def test_matplotlib_is_loaded_by_the_first_picture_only() -> None:
    """Importing the module costs nothing."""
    code = "import sys, dana_learning.plots; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
