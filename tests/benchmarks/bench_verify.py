"""How many seeded defects `verify` refuses and how many valid enhancements: `python tests/benchmarks/bench_verify.py [--every N]`.

All mutators on all subjects, those that were used for tuning and those that were held out apart; all valid rewrites;
functions with live objects. CPU is that of this process and of the sandbox together. A defect that is accepted and a
valid enhancement that is refused are shown.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from dana_poet.codegen import verify
from tests.codegen.live_subjects import LIVE
from tests.codegen.mutators import SAME, held_out, tuned
from tests.codegen.rewrites import rewrites
from tests.codegen.subjects import HELD_OUT, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Trial = tuple[str, str, str, tuple[Any, ...]]
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu() -> float:
    """Return CPU seconds of this process, of those that it started, and of all that these waited for."""
    found = time.process_time()
    for pid in _started():
        try:
            parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            _started.cache_clear()
            continue
        found += sum(map(int, parts[11:15])) / _TICKS
    return found


@functools.lru_cache(maxsize=1)
def _started() -> tuple[str, ...]:
    """Return the processes that this one started: the sandbox's servers, which stay."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == os.getpid():
                    found.append(folder.name)
    return tuple(found)


def mutants(names: Iterable[str], mutators: dict[str, Any]) -> Iterator[Trial]:
    """Yield (subject, mutator, source, no examples) of each mutant that is not known to be the same function."""
    for name in names:
        for kind, mutator in mutators.items():
            for number, source in enumerate(mutator(SUBJECTS[name])):
                if (name, kind, number) not in SAME:
                    yield name, f"{kind} {number}", source, ()


def measure(title: str, trials: Iterable[Trial], originals: dict[str, str], *, accepted: bool) -> None:
    """Verify all and print one line; what went wrong is shown."""
    verify("def warm(n: int) -> int:\n    return n", "def warm(n: int) -> int:\n    return n")
    costs, wrong, gates, count = list[tuple[float, str]](), list[str](), Counter[str](), 0
    for name, kind, source, examples in trials:
        before = cpu()
        found = verify(originals[name], source, examples=examples)
        costs.append((cpu() - before, f"{name}, {kind}"))
        count += 1
        gates[found.failed.name if found.failed else "accepted"] += 1
        if found.accepted is not accepted:
            wrong.append(f"  {name}, {kind}: {found.reason or 'accepted'}")
    costs.sort()
    share = len(wrong) / max(count, 1)
    shown = f"refused {1 - share:.1%}" if not accepted else f"wrongly refused {share:.1%}"
    times = f"CPU s mean {sum(one for one, _ in costs) / count:.3f} p50 {costs[len(costs) // 2][0]:.3f} p95 {costs[len(costs) * 95 // 100][0]:.3f} max {costs[-1][0]:.3f} ({costs[-1][1]})"
    print(f"{title:44} {count:5}  {shown:24} {times}  {dict(gates.most_common())}", flush=True)
    print(*wrong, sep="\n", end="\n" if wrong else "")


def main() -> None:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth trial only")
    step = parser.parse_args().every
    known = [one for one in SUBJECTS if one not in HELD_OUT]
    measure("defects: tuned mutators, tuned subjects", [*mutants(known, tuned())][::step], SUBJECTS, accepted=False)
    measure(
        "defects: tuned mutators, held-out subjects", [*mutants(HELD_OUT, tuned())][::step], SUBJECTS, accepted=False
    )
    measure(
        "defects: held-out mutators, tuned subjects", [*mutants(known, held_out())][::step], SUBJECTS, accepted=False
    )
    measure(
        "defects: held-out mutators and subjects", [*mutants(HELD_OUT, held_out())][::step], SUBJECTS, accepted=False
    )
    valid = [(name, what, text, ()) for name, source in SUBJECTS.items() for what, text in rewrites(name, source)]
    measure("valid enhancements", valid[::step], SUBJECTS, accepted=True)
    live = {name: one.original for name, one in LIVE.items()}
    wrong = [
        (name, f"defect {n}", text, one.examples) for name, one in LIVE.items() for n, text in enumerate(one.defects)
    ]
    right = [(name, f"valid {n}", text, one.examples) for name, one in LIVE.items() for n, text in enumerate(one.valid)]
    measure("defects with live objects", wrong[::step], live, accepted=False)
    measure("valid with live objects", right[::step], live, accepted=True)


if __name__ == "__main__":
    main()
