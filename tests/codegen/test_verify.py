"""The door of verification: what it refuses and why, what it accepts, and that nothing of a candidate gets past it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen import Contract, Gate, Verification, verify
from dana_poet.codegen.original import Original, SourceUnavailableError
from dana_poet.errors import DanaTypeError, DanaValueError, PoetOptionError

if TYPE_CHECKING:
    from pathlib import Path

DOUBLE = "def double(n: int) -> int:\n    return 2 * n\n"
SUM = "def f(n: int) -> int:\n    return n + n\n"


def gate(found: Verification) -> str:
    """Return the name of the gate that refused."""
    return found.failed.name if found.failed else "accepted"


@pytest.mark.parametrize(
    ("answer", "name", "reason"),
    [
        ("", "extract", "empty"),
        ("   \n", "extract", "empty"),
        ("I'm sorry, but I can't help with that.", "extract", "refused"),
        ("There is nothing to improve.", "extract", "no code"),
        (f"```python\n{DOUBLE}```\nor\n```python\n{DOUBLE}```", "extract", "2 fences"),
        (f"```python\n{DOUBLE}", "extract", "cut off"),
        ("```json\n{}\n```", "extract", "json"),
        ("```python\n\n```", "extract", "empty"),
        ("def double(n: int) -> int:\n    return (2 * n\n", "parse", "not Python"),
        ("def double(n):\n    return '" + "x" * 70_000 + "'", "parse", "larger"),
        (SUM, "signature", "is called f"),
        (DOUBLE + DOUBLE, "signature", "2 times"),
        ("async def double(n: int) -> int:\n    return 2 * n\n", "signature", "is not async, the candidate is async"),
        ("def double(n: int):\n    yield 2 * n\n", "signature", "generator"),
        ("def double(m: int) -> int:\n    return 2 * m\n", "signature", "parameters"),
        ("def double(n: int = 1) -> int:\n    return 2 * n\n", "signature", "default"),
        ("def double(n: str) -> int:\n    return 2 * n\n", "signature", "annotation"),
        ("print('hello')\n" + DOUBLE, "state", "loaded"),
        ("seen = []\n\ndef double(n: int) -> int:\n    seen.append(n)\n    return 2 * n\n", "state", "seen"),
        ("def double(n: int) -> int:\n    double.count = 1\n    return 2 * n\n", "state", "double"),
        ("def double(n: int) -> int:\n    global total\n    total = n\n    return 2 * n\n", "state", "global"),
        ("import functools\n\n@functools.lru_cache\ndef help_(n):\n    return 2 * n\n\ndef double(n: int) -> int:\n    return help_(n)\n", "state", ""),
        ("import os\n\n" + DOUBLE, "capabilities", "os"),
        ("def double(n: int) -> int:\n    open('/etc/passwd').read()\n    return 2 * n\n", "capabilities", "open"),
        ("def double(n: int) -> int:\n    n.__class__\n    return 2 * n\n", "capabilities", "__class__"),
        ("def double(n: int) -> int:\n    print(n)\n    return 2 * n\n", "capabilities", "print"),
        ("import time\n\ndef double(n: int) -> int:\n    return 2 * n + (time.time() > 2e9)\n", "capabilities", "clock"),
        ("import random\n\ndef double(n: int) -> int:\n    return 2 * n + (random.random() < 1e-9)\n", "capabilities", "random"),
        ("def double(n: int) -> int:\n    return 2 * n if n != 7919 else 0\n", "differential", "returns 0"),
        ("def double(n: int) -> int:\n    return 2.0 * n\n", "differential", "returns"),
        ("def double(n: int) -> int:\n    while n == 31337:\n        pass\n    return 2 * n\n", "differential", "does not end"),
        ("def double(n: int) -> int:\n    return 2 * n if n is not None else 0\n", "differential", "raises TypeError"),
        ("def double(n: int) -> int:\n    sum(i * i for i in range(60000))\n    return 2 * n\n", "benchmark", "us"),
    ],
)  # fmt: skip
def test_a_candidate_is_refused_by_the_first_gate_that_sees_it(answer: str, name: str, reason: str) -> None:
    """Each refusal names its gate and says why."""
    found = verify(DOUBLE, answer)
    if name == "benchmark":
        assert gate(found) in {"benchmark", "differential"}
    else:
        assert gate(found) == name
        assert reason in found.reason
    assert not found
    assert [one.verdict for one in found.gates[:-1]] == ["passed"] * (len(found.gates) - 1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        3,
        b"def double(n): pass",
        "\x00",
        "\ud800",
        "(" * 5000,
        "def double(n):\n" + " " * 9000 + "return 1",
        "lambda: 0",
        "[" * 200 + "]" * 200,
    ],
)
def test_nothing_that_a_candidate_is_makes_it_raise(answer: Any) -> None:
    """Whatever a model says is a verdict."""
    assert not verify(DOUBLE, answer)


@pytest.mark.parametrize(
    "candidate",
    [
        DOUBLE,
        f"Sure!\n\n```python\n{DOUBLE}```\nThat is all.",
        "def double(n: int) -> int:\n    '''Twice.'''\n    if not isinstance(n, int):\n        raise ValueError('n must be an int')\n    return n + n\n",
        "import logging\n\nlogger = logging.getLogger(__name__)\n\ndef double(n: int) -> int:\n    logger.debug('double')\n    return 2 * n\n",
        "def _twice(n):\n    return n * 2\n\ndef double(n: int) -> int:\n    return _twice(n)\n",
    ],
)
def test_a_valid_enhancement_is_accepted(candidate: str) -> None:
    """Checks, documentation, logs and helpers change nothing that a caller relies on."""
    found = verify(DOUBLE, candidate)
    assert found.accepted, found.reason
    assert found.cases > 100


def test_an_original_may_be_a_function_its_text_or_read_already() -> None:
    """All three are the same function."""
    candidate = "def helped(n: int) -> int:\n    return _BASE + twice(n)\n"
    assert verify(helped, candidate).accepted
    assert verify(Original.of_source(DOUBLE), DOUBLE).accepted
    assert verify(
        "LIMIT = 3\n\ndef low(n: int) -> bool:\n    return n < LIMIT\n",
        "def low(n: int) -> bool:\n    return LIMIT > n\n",
    ).accepted


_BASE = 7


def twice(n: int) -> int:
    """Return twice the number."""
    return 2 * n


def helped(n: int) -> int:
    """Return something that leans on its module."""
    return twice(n) + _BASE


def test_mistakes_of_the_caller_raise() -> None:
    """They are not the candidate's."""
    with pytest.raises(DanaTypeError, match="original"):
        verify(3, DOUBLE)
    with pytest.raises(SourceUnavailableError):
        verify(len, DOUBLE)
    with pytest.raises(DanaTypeError, match="example"):
        verify(DOUBLE, DOUBLE, examples=[3])  # type: ignore[list-item]
    with pytest.raises(PoetOptionError):
        verify(DOUBLE, DOUBLE, domain="healthcar")
    with pytest.raises(DanaValueError, match="untested"):
        Contract(untested="maybe")


def test_examples_are_tried_first() -> None:
    """A recorded execution that answers differently is the counterexample."""
    found = verify(
        DOUBLE, "def double(n: int) -> int:\n    return 2 * n if n != 424242 * 3 else 1\n", examples=[((1272726,), {})]
    )
    assert gate(found) == "examples"
    assert found.failed is not None
    assert found.failed.counterexample == "double(1272726)"


def test_recovery_has_to_be_granted() -> None:
    """Where the original raised the candidate returns nothing, unless the contract says so."""
    original = "def first(xs: list) -> int:\n    return xs[0]\n"
    recovering = (
        "def first(xs: list) -> int:\n    try:\n        return xs[0]\n    except IndexError:\n        return 0\n"
    )
    assert "raises IndexError" in verify(original, recovering).reason
    assert verify(original, recovering, contract=Contract(recover=True)).accepted


def test_users_may_say_what_is_the_same() -> None:
    """An equivalence replaces equality."""
    original = "def names(xs: list[str]) -> list[str]:\n    return sorted(set(xs))\n"
    other = "def names(xs: list[str]) -> list[str]:\n    return sorted(set(xs), reverse=True)\n"
    assert not verify(original, other)
    assert verify(original, other, contract=Contract(same=lambda one, two: sorted(one) == sorted(two))).accepted


def test_users_checks_and_metrics_decide_too() -> None:
    """A check that says no refuses; so does a metric that is not reached."""
    examples: list[Any] = [((3,), {}), ((4,), {})]
    no = Contract(checks=(lambda _example, result: result < 7,))
    assert gate(verify(DOUBLE, DOUBLE, examples=examples, contract=no)) == "checks"
    low = Contract(metric=lambda _example, result: float(result), least=100.0)
    assert "100" in verify(DOUBLE, DOUBLE, examples=examples, contract=low).reason
    assert verify(DOUBLE, DOUBLE, examples=examples, contract=Contract(metric=lambda _example, result: result)).accepted


def test_chance_is_compared_by_type() -> None:
    """An original that draws numbers never answers the same twice."""
    original = "import random\n\ndef roll(sides: int) -> int:\n    return random.randint(1, sides)\n"
    assert verify(
        original, "import random\n\ndef roll(sides: int) -> int:\n    return 1 + random.randrange(sides)\n"
    ).accepted
    assert not verify(
        original, "import random\n\ndef roll(sides: int) -> int:\n    return str(random.randint(1, sides))\n"
    )


def test_the_same_seed_tries_the_same() -> None:
    """Evidence can be repeated."""
    bad = "def double(n: int) -> int:\n    return 2 * n if n < 90 else 1\n"
    one, other = verify(DOUBLE, bad, seed=3), verify(DOUBLE, bad, seed=3)
    assert one.reason == other.reason


def test_hypothesis_draws_more_where_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves no folder of its own."""
    monkeypatch.chdir(tmp_path)
    pytest.importorskip("hypothesis")
    plain, more = verify(DOUBLE, DOUBLE), verify(DOUBLE, DOUBLE, contract=Contract(hypothesis=50))
    assert more.accepted
    assert more.cases > plain.cases
    assert list(tmp_path.iterdir()) == []


def test_a_driver_cannot_be_forged() -> None:
    """Names of the driver are drawn, and builtins were taken hold of before."""
    text = "def double(n: int) -> int:\n    return 2 * n\n\ndef {name}(*args):\n    return True\n"
    for name in ("tell", "driven", "observed", "seen", "target", "main"):
        assert verify(DOUBLE, text.format(name=name)).accepted
    assert gate(verify(DOUBLE, text.format(name="isinstance"))) == "state"


def test_it_works_in_threads_and_under_a_running_loop() -> None:
    """A generator works in the background while the original serves."""
    found: list[Verification] = []
    threads = [threading.Thread(target=lambda: found.append(verify(DOUBLE, DOUBLE))) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.accepted for one in found] == [True] * 3

    async def main() -> bool:
        return verify(DOUBLE, DOUBLE).accepted

    assert asyncio.run(main())


def test_evidence_survives_as_json() -> None:
    """What is stored with a version is read back as it was; anything else is refused."""
    found = verify(DOUBLE, "def double(n: int) -> int:\n    return n\n")
    again = Verification.from_json(found.to_json())
    assert (again.accepted, again.gates, again.reason) == (found.accepted, found.gates, found.reason)
    assert Gate("a", "skipped").counterexample is None
    for text in ("", "[]", "{}", json.dumps({"accepted": 1, "gates": [], "seconds": 1})):
        with pytest.raises(DanaValueError):
            Verification.from_json(text)
