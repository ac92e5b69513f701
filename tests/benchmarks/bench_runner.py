"""What a call of a generated version costs where it runs: isolated, restricted, trusted; and to start and to make one.

    python -m tests.benchmarks.bench_runner

Wall time, because two processes work on an isolated call.
"""

from __future__ import annotations

import tempfile
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.generator import GenerationRequest
from dana_poet.codegen.llm_generator import LLMGenerator
from dana_poet.codegen.original import Original
from dana_poet.codegen.prompt import build_prompt
from dana_poet.codegen.runner import Mode, runner
from dana_poet.llm import CallableClient
from tests.benchmarks.measure import row

if TYPE_CHECKING:
    from collections.abc import Callable

OWN = "def add(a: int, b: int = 2) -> int:\n    return a + b\n"
CALLING = "def add(a: int, b: int = 2) -> int:\n    return original(a, b)\n"
MODES: tuple[Mode, ...] = ("isolated", "restricted", "trusted")


def add(a: int, b: int = 2) -> int:
    """Add."""
    return a + b


def average(call: Callable[[], Any], count: int, runs: int = 7) -> float:
    """Return the smallest mean wall time of a call in seconds, over `runs` runs of `count` calls."""
    best = float("inf")
    for _ in range(runs):
        begun = time.perf_counter()
        for _ in range(count):
            call()
        best = min(best, (time.perf_counter() - begun) / count)
    return best


def main() -> None:
    """Print the table."""
    row("a call, us", "own code", "calls original")
    plain = average(lambda: add(1, 2), 20_000)
    row("the original itself", f"{plain * 1e6:.2f}")
    for mode in MODES:
        cells = []
        for source in (OWN, CALLING):
            calls = runner(source, add, name="add", mode=mode)
            calls(1, 2)
            seconds = average(partial(calls, 1, 2), 300 if mode == "isolated" else 20_000)
            cells.append(f"{seconds * 1e6:.2f}")
            calls.close()
        row(mode, *cells)
    row("first call, ms")
    for mode in MODES:
        best = float("inf")
        for _ in range(5):
            calls = runner(OWN, add, name="add", mode=mode)
            begun = time.perf_counter()
            calls(1, 2)
            best = min(best, time.perf_counter() - begun)
            calls.close()
        row(mode, f"{best * 1e3:.2f}")
    request = GenerationRequest(Original.of(add))
    row("prompt, ms", f"{average(lambda: build_prompt(request), 50) * 1e3:.2f}")
    with tempfile.TemporaryDirectory() as folder:
        generator = LLMGenerator(CallableClient(lambda _request: f"```python\n{OWN}```"), cache=folder)
        generator.generate(request)
        row("answer from the cache, ms", f"{average(lambda: generator.generate(request), 50) * 1e3:.2f}")


if __name__ == "__main__":
    main()
