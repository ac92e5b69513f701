"""The published POET programs of the reference mean here what they say. Set DANA_REFERENCE to a checkout of its repository."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest

ROOT = pathlib.Path(os.environ.get("DANA_REFERENCE", ""))
pytestmark = pytest.mark.skipif(
    not os.environ.get("DANA_REFERENCE"), reason="DANA_REFERENCE names no checkout of the reference implementation"
)
POET = re.compile(r"^\s*@poet\b|[^\w.]poet\(", re.MULTILINE)
EXPECTED_FAILURES = {
    "examples/.design/autonomous_research_assistant.na": "a stage reads a variable of another function",
    "examples/.design/multi_agent_manufacturing_quality.na": "a stage reads a variable of another function",
    "examples/.design/self_improving_financial_advisor.na": "a stage reads a variable of another function",
    "tests/unit/frameworks/test_poet_advanced.na": "it asserts that @poet swaps arguments, which it says itself is a bug",
    "tests/unit/frameworks/test_poet_basic.na": "it asserts that @poet swaps arguments, which it says itself is a bug",
}
"""Programs that cannot do what they say, each with the reason."""
SAYS: dict[str, tuple[str, ...]] = {
    # Words and amounts become numbers, alone and in a batch; no approval in three is a rate of 0.
    "financial_services_risk_assessment": (
        "Standard inputs → Decision: approved", "Mixed format inputs → Decision: approved", "Batch Results: 3 processed",
        "Approval Rate: 0.0%", "Suspicious case → Fraud detected: True", "Normal case → Fraud detected: False",
    ),
    # Fahrenheit without a unit stays what it is; three degrees less for an empty zone; the sum of three savings.
    "building_management_hvac_optimization": (
        "{'action': 'setpoint', 'temperature': 72.0, 'mode': 'normal'}", "{'action': 'setpoint', 'temperature': 67.0, 'mode': 'eco'}",
        "{'action': 'setpoint', 'temperature': 68.0, 'mode': 'fast'}", "Number of zone adjustments: 3", "Status: monitor_closely",
        "Status: maintenance_due",
    ),
    # Objectives as numbers, bounds and priorities leave the answers as they are.
    "custom_objectives_hvac": (
        "{'action': 'cool', 'intensity': 'high', 'target': 66.0}", "'tolerance': 0.5}",
        "{'action': 'standard', 'intensity': 'normal', 'target': 72.0}",
    ),
    "healthcare_patient_analysis": ("ID: PT_12345***", "Clinical Priority: critical", "Treatment Safety: safe"),
    "manufacturing_process_control": (
        "Process Capability: excellent", "Yield Prediction: 93%", "Safety Level: safe", "Batch Yield: 80.0%", "Maintenance Urgency: soon",
    ),
    "llm_prompt_learning_demo": ("Risk Analysis 1:", "Document Summary:"),
    "test_poet_simple": ("add(5, 3) = 8",),
    "test_poet_error_handling": ("All POET error handling tests passed",),
    "test_loan_application_workflow": ("test structure created successfully",),
}  # fmt: skip
"""What a program has to print, by the end of its name."""


def programs() -> list[str]:
    """Return the programs that use @poet, relative to the checkout."""
    if not os.environ.get("DANA_REFERENCE"):
        return []
    files = (path for path in ROOT.rglob("*.na") if path.is_file())
    found = [path for path in files if POET.search(path.read_text(encoding="utf-8", errors="replace"))]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def run(path: str, state: pathlib.Path) -> tuple[int, str]:
    """Return exit code and everything that a program wrote, under the mock model."""
    environment = {**os.environ, "DANA_MOCK_LLM": "true", "DANA_NO_CACHE": "1"}
    command = [sys.executable, "-m", "dana_poet", "run", path, "--state", str(state)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("path", programs())
def test_a_published_program_runs_and_means_what_it_says(path: str, tmp_path: pathlib.Path) -> None:
    """Where it lies, unchanged; nothing is written beside it."""
    before = {one.name for one in (ROOT / path).parent.iterdir()}
    code, said = run(path, tmp_path)
    assert (code != 0) == (path in EXPECTED_FAILURES), said[-600:]
    assert [text for text in SAYS.get(pathlib.Path(path).stem, ()) if text not in said] == []
    assert {one.name for one in (ROOT / path).parent.iterdir()} == before
    assert "PoetWarning" not in said


def test_every_program_with_a_meaning_is_there() -> None:
    """A renamed program would silently be tested no more."""
    assert set(SAYS) <= {pathlib.Path(path).stem for path in programs()}
