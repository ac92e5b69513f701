"""Start-up over bare Python: `python tests/benchmarks/bench_startup.py`. CPU time of whole processes, smallest of many."""

from __future__ import annotations

import os
import pathlib
import shutil
import sys
import tempfile

from tests.benchmarks.measure import command_seconds, python, row

HELLO = "def greet(name: str) -> str:\n    return f'hello {name}'\n\nprint(greet('world'))\n"


def main() -> None:
    """Measure and print the table."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    tool = [str(pathlib.Path(sys.executable).parent / "dana-poet")]
    if not os.path.exists(tool[0]):
        tool = [python(), "-m", "dana_poet"]
    folder = pathlib.Path(tempfile.mkdtemp())
    file = folder / "hello.na"
    file.write_text(HELLO)
    bare = command_seconds([python(), "-c", "pass"], 15)
    row("command", "ms over bare", "target")
    version = command_seconds([*tool, "--version"], 15)
    row("dana-poet --version", f"{(version - bare) * 1e3:.1f}", "<= 25")
    command_seconds([*tool, "run", str(file)], 2)
    warm = command_seconds([*tool, "run", str(file)], 15)
    row("run hello.na, warm", f"{(warm - bare) * 1e3:.1f}", "<= 40")
    cold = command_seconds([*tool, "run", str(file)], 9, env={**os.environ, "DANA_NO_CACHE": "1"})
    row("run hello.na, cold", f"{(cold - bare) * 1e3:.1f}", "<= 150")
    imported = command_seconds([python(), "-c", "import dana_poet"], 15)
    row("import dana_poet", f"{(imported - bare) * 1e3:.1f}", "<= 60")
    httpx = command_seconds([python(), "-c", "import httpx"], 7)
    row("import httpx (for comparison)", f"{(httpx - bare) * 1e3:.1f}", "")
    print(f"bare Python: {bare * 1e3:.1f} ms")
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
