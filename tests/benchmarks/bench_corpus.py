"""How many published programs parse, and run under the mock model: `DANA_REFERENCE=checkout python tests/benchmarks/bench_corpus.py`."""

from __future__ import annotations

import os
import sys

from tests.benchmarks.measure import row


def main() -> int:
    """Count and print; without a checkout of the reference implementation say so."""
    if not os.environ.get("DANA_REFERENCE"):
        print("DANA_REFERENCE names no checkout of the reference implementation (github.com/aitomatic/dana)")
        return 0
    from tests.conformance import test_reference as reference

    programs = reference.programs()
    listed = set((reference.HERE / "runs.txt").read_text().split())
    parsed = sum(reference.parses(path) for path in programs)
    ran = {path for path in programs if reference.run(path)[0] == 0}
    row("published programs", "here", "reference")
    row("parse", f"{parsed} of {len(programs)}", "347")
    row("run to the end, mock model", f"{len(ran)} of {len(programs)}", str(len(listed)))
    row("of those that the reference runs", f"{len(ran & listed)} of {len(listed)}", "")
    row("of those that it cannot run", str(len(ran - listed)), "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
