"""What every test relies on: no time limits for properties, and none of the machine's own Dana settings."""

from __future__ import annotations

import gc
import os
import signal

import pytest
from hypothesis import settings

# Small matrices gain nothing from threads, and threads that spin for each other cost the other tests their time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# It limits the descriptors of whoever imports it, which is to be a fork server.
collect_ignore = ["sandbox/few_descriptors.py"]

# A busy machine is slow now and then; a property that fails for that says nothing about the code.
settings.register_profile("dana", deadline=None)
# Where a change is judged, the same change must get the same answer; the search for new cases goes on everywhere else.
settings.register_profile("judged", deadline=None, derandomize=True)
settings.load_profile("judged" if os.environ.get("CI") else "dana")

# A shell that starts its job in the background has it ignore Ctrl-C, and every program that a test starts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """Let no collection of garbage walk over ten thousand tests, in this process and in those that it forks."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the variables that would make a test ask a real model or use another search path."""
    for name in list(os.environ):
        if (name.startswith("DANA") and name != "DANA_REFERENCE") or name in {"OPENAI_API_KEY", "OPENAI_BASE_URL"}:
            monkeypatch.delenv(name)
