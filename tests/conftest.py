"""What every test relies on: no time limits for properties, and none of the machine's own Dana settings."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

# Small matrices gain nothing from threads, and threads that spin for each other cost the other tests their time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# One limits the descriptors of whoever imports it, which is to be a fork server; the other is for the type checker alone.
collect_ignore = ["sandbox/few_descriptors.py", "typing/public_api.py"]

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


@pytest.fixture(autouse=True)
def _no_state_in_the_checkout(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that keeps state beside its file or where tests are started: the next run would find it there."""
    places = {where / ".poet" for where in (Path.cwd(), ROOT, request.path.parent)}
    before = {place: _changed(place) for place in places}
    yield
    after = {place: _changed(place) for place in places}
    written = sorted(place for place in places if after[place] != before[place])
    assert not written, f"{written[0]} was written: give the program or function a state folder in tmp_path"


def _changed(folder: Path) -> int:
    """Return when names in a folder changed last, 0 where there is none."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
