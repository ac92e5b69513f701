"""Dana programs beside the same Python: `python tests/benchmarks/bench_language.py`.

Each pair runs the same work as a function of a module, in turns, in one process; the figure is the ratio of CPU times.
"""

from __future__ import annotations

from dana_poet.runtime.session import Session
from tests.benchmarks.measure import paired, row

PAIRS: dict[str, tuple[str, str, float]] = {
    "loop of 1e5": (
        "def work():\n    total = 0\n    for i in range(100000):\n        total = total + i * 2\n    return total\n",
        "",
        1.3,
    ),
    "while of 1e5, plain parameter": (
        "def count(limit):\n    i = 0\n    total = 0\n    while i < limit:\n        if i % 3 == 0:\n"
        "            total = total + i\n        i = i + 1\n    return total\n\ndef work():\n    return count(100000)\n",
        "",
        1.3,
    ),
    "string building": (
        "def work():\n    text = ''\n    for i in range(20000):\n        text = text + 'x'\n    return len(text)\n",
        "",
        1.3,
    ),
    "joining text and numbers": (
        "def work():\n    parts = []\n    for i in range(20000):\n        parts.append(f'item {i}')\n"
        "    return len(', '.join(parts))\n",
        "",
        1.3,
    ),
    "list work": (
        "def work():\n    xs = [3, 1, 2] * 3000\n    total = 0\n    for x in xs:\n        total = total + x\n"
        "    ys = [x * 2 for x in xs if x > 1]\n    ys.append(4)\n    return total + len(ys) + sorted(ys)[0]\n",
        "",
        1.3,
    ),
    "dict work": (
        "def work():\n    counts = {}\n    for i in range(20000):\n        key = i % 97\n"
        "        counts[key] = counts.get(key, 0) + 1\n    total = 0\n    for key, value in counts.items():\n"
        "        total = total + key * value\n    return total\n",
        "",
        1.3,
    ),
    "10,000 plain calls": (
        "def add(a, b):\n    return a + b\n\ndef work():\n    total = 0\n    for i in range(10000):\n"
        "        total = add(total, i)\n    return total\n",
        "",
        1.3,
    ),
    "recursion fib(18)": (
        "def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n\ndef work():\n    return fib(18)\n",
        "",
        1.3,
    ),
    "annotated fib(18)": (
        "def fib(n: int) -> int:\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)\n\n"
        "def work() -> int:\n    return fib(18)\n",
        "",
        1.3,
    ),
    "struct methods": (
        "struct Counter:\n    count: int = 0\n    step: int = 1\n\n    def bump(self):\n"
        "        self.count = self.count + self.step\n        return self.count\n\n"
        "def work():\n    c = Counter()\n    for i in range(10000):\n        c.bump()\n    return c.count\n",
        "class Counter:\n    def __init__(self, count=0, step=1):\n        self.count = count\n        self.step = step\n"
        "    def bump(self):\n        self.count = self.count + self.step\n        return self.count\n\n"
        "def work():\n    c = Counter()\n    for i in range(10000):\n        c.bump()\n    return c.count\n",
        2.5,
    ),
    "receiver functions": (
        "struct Point:\n    x: float\n    y: float\n\ndef (p: Point) norm1() -> float:\n    return abs(p.x) + abs(p.y)\n\n"
        "def work():\n    total = 0.0\n    for i in range(10000):\n        p = Point(x=1.5, y=-2.5)\n"
        "        total = total + p.norm1()\n    return total\n",
        "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n"
        "    def norm1(self):\n        return abs(self.x) + abs(self.y)\n\n"
        "def work():\n    total = 0.0\n    for i in range(10000):\n        p = Point(x=1.5, y=-2.5)\n"
        "        total = total + p.norm1()\n    return total\n",
        2.5,
    ),
    "semantic truth of text": (
        "def work():\n    words = ['yes', 'no', 'maybe'] * 1000\n    found = 0\n    for word in words:\n"
        "        if word:\n            found = found + 1\n    return found\n",
        "FALSE = {'no', 'false', ''}\ndef truth(word):\n    return word.strip().lower() not in FALSE\n\n"
        "def work():\n    words = ['yes', 'no', 'maybe'] * 1000\n    found = 0\n    for word in words:\n"
        "        if truth(word):\n            found = found + 1\n    return found\n",
        2.5,
    ),
    "three-stage pipeline, 10,000 calls": (
        "def inc(x):\n    return x + 1\n\ndef double(x):\n    return x * 2\n\ndef dec(x):\n    return x - 1\n\n"
        "def p(x) = inc | double | dec\n\n"
        "def work():\n    total = 0\n    for i in range(10000):\n        total = p(i)\n    return total\n",
        "def inc(x):\n    return x + 1\n\ndef double(x):\n    return x * 2\n\ndef dec(x):\n    return x - 1\n\n"
        "def work():\n    total = 0\n    for i in range(10000):\n        total = dec(double(inc(i)))\n    return total\n",
        3.0,
    ),
}


def main() -> None:
    """Measure all pairs and print the table."""
    row("program", "Dana ms", "Python ms", "ratio", "target")
    for title, (dana, python, target) in PAIRS.items():
        session = Session(capture=False)
        session.run(dana)
        names: dict[str, object] = {}
        exec(python or dana, names)
        ours, theirs = session.names["work"], names["work"]
        assert ours() == theirs(), title  # type: ignore[operator]
        mine, other = paired(ours, theirs)  # type: ignore[arg-type]
        row(title, f"{mine * 1e3:.2f}", f"{other * 1e3:.2f}", f"{mine / other:.2f}x", f"<= {target}x")


if __name__ == "__main__":
    main()
