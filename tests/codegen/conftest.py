"""Tests of generated code never see the models that the machine they run on may have configured."""

from __future__ import annotations

from tests.llm.conftest import no_settings

__all__ = ["no_settings"]
