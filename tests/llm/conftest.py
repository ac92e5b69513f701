"""Tests of models never see the settings of the machine that they run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dana_poet.settings import KEYS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in an empty folder, without any variable that configures a model or a proxy."""
    for section in KEYS.values():
        for key in section.values():
            monkeypatch.delenv(key.variable, raising=False)
    for variable in (
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
