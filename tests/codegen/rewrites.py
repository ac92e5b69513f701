"""Valid enhancements: what a good generator does to a function, as code that makes them from any of the subjects."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from tests.codegen.mutators import function_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CLASSES = {"int": "int", "float": "(int, float)", "str": "str", "list": "list", "dict": "dict", "bool": "bool"}


def _body(source: str, before: str, module: str = "") -> str:
    tree = ast.parse(source)
    function = function_of(tree)
    function.body = [*ast.parse(before).body, *function.body]
    tree.body = [*ast.parse(module).body, *tree.body]
    return ast.unparse(ast.fix_missing_locations(tree))


def _hinted(source: str) -> list[tuple[str, str]]:
    found = []
    for one in function_of(ast.parse(source)).args.args:
        kind = ast.unparse(one.annotation).split("[")[0] if one.annotation else ""
        if kind in _CLASSES:
            found.append((one.arg, _CLASSES[kind]))
    return found


def documented(source: str) -> str:
    """A docstring."""
    return _body(source, '"""Do it well.\n\nRaises ValueError for bad input.\n"""')


def checked(source: str) -> str:
    """Each input is checked against its hint."""
    lines = [
        f"if not isinstance({name}, {kind}):\n    raise ValueError('{name} has the wrong type')"
        for name, kind in _hinted(source)
    ]
    return _body(source, "\n".join(lines))


def strictly_checked(source: str) -> str:
    """A bool is no number, and the error is a TypeError."""
    lines = []
    for name, kind in _hinted(source):
        extra = f" or isinstance({name}, bool)" if "int" in kind or "float" in kind else ""
        lines.append(
            f"if not isinstance({name}, {kind}){extra}:\n    raise TypeError(f'{name} must fit, got {{type({name}).__name__}}')"
        )
    return _body(source, "\n".join(lines))


def own_error(source: str) -> str:
    """Bad input raises a class of its own, derived from ValueError."""
    lines = [f"if not isinstance({name}, {kind}):\n    raise InputError('{name}')" for name, kind in _hinted(source)]
    return _body(source, "\n".join(lines), "class InputError(ValueError):\n    '''An input does not fit.'''\n")


def none_checked(source: str) -> str:
    """None is refused early."""
    name = _hinted(source)[0][0]
    return _body(source, f"if {name} is None:\n    raise ValueError('{name} is missing')")


def logged(source: str) -> str:
    """It logs what it does."""
    name = function_of(ast.parse(source)).name
    return _body(
        source, f"logger.debug('calling %s', '{name}')", "import logging\nlogger = logging.getLogger(__name__)"
    )


def timed(source: str) -> str:
    """It logs how long it took."""
    tree = ast.parse(source)
    function = function_of(tree)
    log = ast.parse("logging.getLogger('timing').debug('took %s', time.perf_counter() - started)").body
    function.body = [
        *ast.parse("import logging\nimport time\nstarted = time.perf_counter()").body,
        ast.Try(function.body, [], [], log),
    ]
    return ast.unparse(ast.fix_missing_locations(tree))


def renamed_locals(source: str) -> str:
    """Locals have longer names."""
    tree = ast.parse(source)
    function = function_of(tree)
    kept = {one.arg for one in ast.walk(function) if isinstance(one, ast.arg)} | {function.name}
    local = {
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } - kept
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in local:
            node.id = f"{node.id}_value"
    return ast.unparse(tree)


def with_helper(source: str) -> str:
    """The work is done by a helper beside it."""
    tree = ast.parse(source)
    function = function_of(tree)
    if isinstance(function, ast.AsyncFunctionDef):
        return _body(source, "pass")
    helper = copy.deepcopy(function)
    helper.name = f"_{function.name}"
    for node in ast.walk(helper):
        if isinstance(node, ast.Name) and node.id == function.name:
            node.id = helper.name
    names = ", ".join(one.arg for one in function.args.args)
    call = f"_{function.name}({names})"
    function.body = ast.parse(f"yield from {call}" if "yield" in source else f"return {call}").body
    tree.body = [helper, function]
    return ast.unparse(ast.fix_missing_locations(tree))


def with_inner(source: str) -> str:
    """The work is done by an inner function."""
    tree = ast.parse(source)
    function = function_of(tree)
    if isinstance(function, ast.AsyncFunctionDef) or "yield" in source:
        return _body(source, "pass")
    inner = copy.deepcopy(function)
    inner.name = "attempt"
    inner.args.args, inner.args.defaults = [], []
    for node in ast.walk(inner):  # an inner function cannot change the names outside without saying so
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and node.id in {one.arg for one in function.args.args}
        ):
            return _body(source, "pass")
    function.body = [inner, *ast.parse("return attempt()").body]
    return ast.unparse(ast.fix_missing_locations(tree))


def wrapped_errors(source: str) -> str:
    """A TypeError from inside becomes a ValueError that says more."""
    tree = ast.parse(source)
    function = function_of(tree)
    handler = ast.ExceptHandler(
        ast.parse("(TypeError, AttributeError)", mode="eval").body,
        "error",
        ast.parse("raise ValueError(f'bad input: {error}') from error").body,
    )
    function.body = [ast.Try(function.body, [handler], [], [])]
    return ast.unparse(ast.fix_missing_locations(tree))


def flat(source: str) -> str:
    """`else` after `return` is gone, and `x == 0` tests are the other way round."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.Lt, ast.Gt)):
            node.left, node.comparators = node.comparators[0], [node.left]
            node.ops = [ast.Gt() if isinstance(node.ops[0], ast.Lt) else ast.Lt()]
    return ast.unparse(tree)


def fenced(source: str) -> str:
    """An answer with prose around the code."""
    return f"Here is the improved function.\n\n```python\n{source}```\n\nIt now does everything that you asked for."


def annotated(source: str) -> str:
    """Locals are annotated and imports of typing stand above."""
    return "from __future__ import annotations\n\nfrom typing import Any\n\n" + source


REWRITES: tuple[Callable[[str], str], ...] = (
    documented, checked, strictly_checked, own_error, none_checked, logged, timed, renamed_locals, with_helper, with_inner,
    wrapped_errors, flat, fenced, annotated,
)  # fmt: skip

BY_HAND: dict[str, tuple[str, ...]] = {
    "clamp": (
        "def clamp(value: float, low: float, high: float) -> float:\n    if low > high:\n        raise ValueError('low is above high')\n    return low if value < low else high if value > high else value\n",
    ),
    "mean": (
        "def mean(xs: list[float]) -> float:\n    total = 0\n    for x in xs:\n        total += x\n    return total / len(xs) if xs else 0.0\n",
        "def mean(xs: list[float]) -> float:\n    count = len(xs)\n    if count == 0:\n        return 0.0\n    return sum(xs) / count\n",
    ),
    "median": (
        "def median(xs: list[float]) -> float:\n    if not xs:\n        raise ValueError('median of no values')\n    ordered = sorted(xs)\n    half, odd = divmod(len(ordered), 2)\n    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2\n",
    ),
    "fizzbuzz": (
        "def fizzbuzz(n: int) -> str:\n    words = ''\n    if n % 3 == 0:\n        words += 'Fizz'\n    if n % 5 == 0:\n        words += 'Buzz'\n    return words or str(n)\n",
    ),
    "is_leap": (
        "def is_leap(year: int) -> bool:\n    if year % 400 == 0:\n        return True\n    if year % 100 == 0:\n        return False\n    return year % 4 == 0\n",
    ),
    "gcd": ("import math\n\ndef gcd(a: int, b: int) -> int:\n    return math.gcd(a, b)\n",),
    "is_prime": (
        "def is_prime(n: int) -> bool:\n    if n < 2:\n        return False\n    if n % 2 == 0:\n        return n == 2\n    i = 3\n    while i * i <= n:\n        if n % i == 0:\n            return False\n        i += 2\n    return True\n",
    ),
    "dedupe": ("def dedupe(items: list[int]) -> list[int]:\n    return list(dict.fromkeys(items))\n",),
    "chunks": (
        "def chunks(items: list[int], size: int) -> list[list[int]]:\n    if size <= 0:\n        raise ValueError('size must be positive')\n    found = []\n    start = 0\n    while start < len(items):\n        found.append(items[start:start + size])\n        start += size\n    return found\n",
    ),
    "word_counts": (
        "def word_counts(text: str) -> dict[str, int]:\n    words = (word.strip('.,!?') for word in text.lower().split())\n    counts: dict[str, int] = {}\n    for word in words:\n        if not word:\n            continue\n        if word in counts:\n            counts[word] += 1\n        else:\n            counts[word] = 1\n    return counts\n",
    ),
    "roman": (
        "_TABLE = ((1000, 'M'), (900, 'CM'), (500, 'D'), (400, 'CD'), (100, 'C'), (90, 'XC'), (50, 'L'), (40, 'XL'), (10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I'))\n\ndef roman(number: int) -> str:\n    if not 0 < number < 4000:\n        raise ValueError('out of range')\n    out = []\n    for value, sign in _TABLE:\n        count, number = divmod(number, value)\n        out.append(sign * count)\n    return ''.join(out)\n",
    ),
    "running_total": (
        "def running_total(xs: list[int]):\n    from itertools import accumulate\n\n    yield from accumulate(xs)\n",
        "def running_total(xs: list[int]):\n    if not isinstance(xs, list):\n        raise ValueError('xs must be a list')\n    total = 0\n    for x in xs:\n        total = total + x\n        yield total\n",
    ),
    "transpose": (
        "def transpose(rows: list[list[int]]) -> list[list[int]]:\n    found = []\n    for column in zip(*rows):\n        found.append(list(column))\n    return found\n",
    ),
    "levenshtein": (
        "def levenshtein(a: str, b: str) -> int:\n    from functools import lru_cache\n\n    if len(a) > 60 or len(b) > 60:\n        row = list(range(len(b) + 1))\n        for i, ca in enumerate(a, 1):\n            previous, row[0] = row[0], i\n            for j, cb in enumerate(b, 1):\n                previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (ca != cb))\n        return row[-1]\n\n    @lru_cache(maxsize=None)\n    def distance(i: int, j: int) -> int:\n        if i == 0 or j == 0:\n            return i or j\n        return min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (a[i - 1] != b[j - 1]))\n\n    return distance(len(a), len(b))\n",
    ),
    "insert_sorted": (
        "def insert_sorted(items: list[int], value: int) -> None:\n    for place, item in enumerate(items):\n        if item > value:\n            items.insert(place, value)\n            return\n    items.append(value)\n",
    ),
    "grade": (
        "def grade(score: int) -> str:\n    if not 0 <= score <= 100:\n        raise ValueError(f'score must be from 0 to 100, got {score}')\n    for least, letter in ((90, 'A'), (75, 'B'), (60, 'C')):\n        if score >= least:\n            return letter\n    return 'F'\n",
    ),
    "normalise": (
        "def normalise(xs: list[float]) -> list[float]:\n    if not xs:\n        return []\n    low, high = min(xs), max(xs)\n    span = high - low\n    if low == high:\n        return [0.0] * len(xs)\n    return [(x - low) / span for x in xs]\n",
    ),
    "top_k": (
        "def top_k(scores: dict[str, float], k: int) -> list[str]:\n    names = sorted(scores, key=lambda name: (-scores[name], name))\n    return names[:k]\n",
    ),
    "flatten": (
        "def flatten(items: list) -> list:\n    def walk(part):\n        for item in part:\n            if isinstance(item, list):\n                yield from walk(item)\n            else:\n                yield item\n\n    return list(walk(items))\n",
    ),
    "group_by": (
        "def group_by(records: list[dict], key: str) -> dict:\n    groups: dict = {}\n    for record in records:\n        name = record.get(key)\n        if name not in groups:\n            groups[name] = []\n        groups[name].append(record)\n    return groups\n",
    ),
    "weighted": (
        "async def weighted(values: list[float], weights: list[float]) -> float:\n    if len(values) != len(weights):\n        raise ValueError('lengths differ')\n    total = sum(weights)\n    return 0.0 if total == 0 else sum(v * w for v, w in zip(values, weights)) / total\n",
    ),
}
"""Rewrites that a person would write."""


def rewrites(name: str, source: str) -> Iterator[tuple[str, str]]:
    """Yield (what, source) of each valid enhancement of a subject."""
    for one in REWRITES:
        if _hinted(source) or one not in {none_checked, checked}:
            yield one.__name__, one(source)
    for number, text in enumerate(BY_HAND.get(name, ())):
        yield f"by hand {number + 1}", text
