"""What tests of the whole product share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def kept_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let functions and programs that name no state folder keep their state in a folder of the test; return it."""
    folder = tmp_path / "kept_elsewhere"
    monkeypatch.setenv("DANA_STATE_DIR", str(folder))
    return folder
