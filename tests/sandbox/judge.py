"""Run one case of a sandbox corpus and say what became of it: the judge of tests and benchmarks.

A case is a program with a head of comments (`technique`, `expected`, for benign ones `expect`). The judge plants a
secret in a file and in the environment, looks at the state of this process before and after, and reads the outcome
as an attacker would: anything that is not plain data, any trace of the secret, anything changed is a bad verdict.
"""

from __future__ import annotations

import ast
import collections.abc
import contextlib
import copy
import datetime as dt
import decimal
import json
import logging
import math
import numbers
import os
import random
import re
import signal
import string
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dana_sandbox.outcome import RunError, RunOutcome, TraceLine
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.verdict import Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Verdict = Literal["OK", "RAN", "ESCAPE", "LEAK", "LIVE", "STATE", "UNCONTAINED", "REFUSED", "WRONG"]

PLAIN = frozenset({
    type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, dt.datetime,
    dt.date, dt.time, dt.timedelta, dt.timezone, decimal.Decimal, Fraction, uuid.UUID,
})  # fmt: skip
TOKEN = "canary-token-5d1f"
CONTENT = "canary-content-93ab"
_HOST_TEXT = re.compile(r"\b0x[0-9a-f]{8,}|dana_sandbox/|site-packages|/lib/python3|/work/|/etc/app/")
# Statuses that fit `contained: ...`; another one that is not `ok` is still contained, and reported as soft.
_FITTING = {
    "timeout": {"timeout"},
    "memory": {"memory"},
    "output": {"output"},
    "exit": {"error"},
    "error": {"error"},
    "recursion": {"error"},
}


@dataclass(frozen=True)
class Case:
    """One program of a corpus. `source` is what is run, anything for cases that hand over no text at all."""

    name: str
    expected: str
    source: Any
    expect: str = ""
    entry: str | None = None
    inputs: str = "{}"
    modules: frozenset[str] = frozenset()

    @property
    def family(self) -> str:
        """The part of the name before its first underscore; two words for the bombs."""
        words = self.name.split("_")
        return "_".join(words[:2]) if words[0] == "bomb" else words[0]


@dataclass(frozen=True)
class Judgement:
    """What became of a case. `soft` tells of an OK that came about in another way than the case expects."""

    verdict: Verdict
    detail: str = ""
    soft: str = ""
    outcome: RunOutcome | None = field(default=None, compare=False, repr=False)


def read_case(path: Path) -> Case:
    """Read a file of a corpus. A program that is no Python stands there as the expression `PAYLOAD = ...`."""
    text = path.read_text(encoding="utf-8")
    lines = text.split("\n")
    length = next((n for n, line in enumerate(lines) if not line.startswith("# ")), len(lines))
    head = dict(line[2:].split(": ", 1) for line in lines[:length] if ": " in line)
    source: Any = "\n".join(lines[length:])
    if source.startswith("PAYLOAD = "):
        names: dict[str, Any] = {}
        exec(source, names)  # noqa: S102 - the corpus is our own data
        source = names["PAYLOAD"]
    return Case(
        path.stem,
        head["expected"],
        source,
        head.get("expect", ""),
        head.get("entry"),
        head.get("inputs", "{}"),
        frozenset(head.get("modules", "").split()),
    )


def read_corpus(folder: Path) -> list[Case]:
    """Read all cases of a folder, sorted by name."""
    return [read_case(path) for path in sorted(folder.glob("*.py"))]


def literal(text: str) -> Any:
    """Return the value of a `# expect:` or `# inputs:` line: literals and the plain types by name."""
    names = {
        "datetime": dt,
        "Decimal": decimal.Decimal,
        "Fraction": Fraction,
        "UUID": uuid.UUID,
        "inf": math.inf,
        "nan": math.nan,
    }
    return eval(text, names)  # noqa: S307 - the corpus is our own data


def same(left: object, right: object) -> bool:
    """Whether two values are equal with exactly the same types, all the way down."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    return left == right or (left != left and right != right)  # noqa: PLR0124 - nan


def live_part(value: object) -> str:
    """Return where in `value` something is that is no plain data; empty when all of it is."""
    pending: list[tuple[str, object]] = [("value", value)]
    seen: set[int] = set()
    while pending:
        path, one = pending.pop()
        if type(one).__module__ == "numpy" and type(one).__name__ == "ndarray":
            if str(getattr(one, "dtype", "")) == "object":
                return f"{path}: array of objects"
            continue
        if type(one) not in PLAIN:
            return f"{path}: {type(one).__module__}.{type(one).__qualname__}"
        if id(one) in seen:
            continue
        seen.add(id(one))
        pending += _inside(path, one)
    return ""


def _inside(path: str, value: object) -> list[tuple[str, object]]:
    if isinstance(value, (list, tuple, set, frozenset)):
        return [(f"{path}[{n}]", one) for n, one in enumerate(value)]
    if isinstance(value, dict):
        return [(f"{path} key", key) for key in value] + [(f"{path}[{key!r:.20}]", one) for key, one in value.items()]
    if isinstance(value, (dt.datetime, dt.time)):
        return [(f"{path}.tzinfo", value.tzinfo)]
    if isinstance(value, dt.timezone):
        return [(f"{path}.tzname", value.tzname(None))]
    return [(f"{path}.int", value.int)] if isinstance(value, uuid.UUID) else []


@dataclass
class Witness:
    """The host functions that `capability_*` cases are granted; remembers what reached them that should not."""

    calls: int = 0
    broken_rules: list[str] = field(default_factory=list)
    kept: list[int] = field(default_factory=lambda: [1, 2, 3])

    def functions(self) -> dict[str, Callable[..., object]]:
        """Return the functions by the names that the cases use."""
        return {
            "lookup": self.lookup,
            "note": self.note,
            "broken": self.broken,
            "leak_object": self.leak_object,
            "shared": self.shared,
            "slow": self.slow,
        }

    def _seen(self, value: object) -> None:
        self.calls += 1
        if part := live_part(value):
            self.broken_rules.append(f"a capability was called with {part}")

    def lookup(self, key: str) -> str:
        """Return a text; only ever called with text."""
        self._seen(key)
        if type(key) is not str:
            self.broken_rules.append(f"lookup(key: str) was called with {type(key).__name__}")
        return key.upper()

    def note(self, value: object) -> None:
        """Take any plain data."""
        self._seen(value)
        if value == "after refusal":
            self.broken_rules.append("a capability was called after a refusal")

    def broken(self, key: str) -> str:
        """Raise an error that names a file of the host."""
        raise RuntimeError(f"cannot open /etc/app/secret.conf for {key}")

    def leak_object(self, key: str) -> object:
        """Return what cannot cross."""
        return [key, object()]

    def shared(self, key: str) -> list[int]:
        """Return a list that the host keeps."""
        self._seen(key)
        return self.kept

    def slow(self, key: str) -> str:
        """Return after a while."""
        time.sleep(0.1)
        return key


def host_state(folder: Path) -> dict[str, object]:
    """Return what a program must not be able to change in this process, as comparable values."""
    return {
        "math": (math.pi, math.tau, math.floor.__name__),
        "string": (string.digits, string.ascii_letters),
        "random": hash(random.getstate()),
        "decimal": (str(decimal.getcontext()), str(decimal.DefaultContext)),
        "json": (json.JSONEncoder.default.__qualname__, json.dumps.__qualname__),
        "logging": (logging.root.manager.disable, len(logging.root.handlers), logging.root.level),
        "abc": (issubclass(int, collections.abc.Sized), issubclass(str, numbers.Number)),
        "copy": copy.deepcopy(1),
        "recursion": sys.getrecursionlimit(),
        "streams": (id(sys.stdout), id(sys.stderr), id(sys.stdin)),
        "environ": hash(tuple(sorted(os.environ.items()))),
        "folder": (os.getcwd(), tuple(sorted(entry.name for entry in os.scandir(folder)))),  # noqa: PTH109
        "canary": (folder / "canary.txt").read_text(encoding="utf-8"),
        # Threads of other parts, such as the one that writes events of an earlier test, come and go by themselves.
        "threads": sum(not one.name.startswith(("poet-", "dana-poet-")) for one in threading.enumerate()),
        "signals": tuple(str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGALRM, signal.SIGCHLD)),
    }


def resident_bytes() -> int:
    """Return the memory that this process holds now, as the kernel counts it (0 where it does not tell)."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


class Judge:
    """Runs cases against `run`, which has the signature of `run_untrusted`."""

    def __init__(self, folder: Path, run: Callable[..., RunOutcome], policy: SandboxPolicy | None = None) -> None:
        self.folder, self.run_program = folder, run
        self.policy = policy or SandboxPolicy(wall_seconds=1.0, memory_mib=128, retries=0)
        self.canary = folder / "canary.txt"
        self.canary.write_text(CONTENT, encoding="utf-8")
        os.environ["CANARY_TOKEN"] = TOKEN

    def judge(self, case: Case) -> Judgement:
        """Run one case and judge it."""
        witness = Witness()
        before, memory = host_state(self.folder), resident_bytes()
        started = time.monotonic()
        try:
            outcome = self._run(case, witness)
        except BaseException as error:  # noqa: BLE001 - whatever reaches the host here is a finding
            return Judgement("UNCONTAINED", f"the host got {type(error).__name__}: {error!s:.200}")
        seconds, grown = time.monotonic() - started, resident_bytes() - memory
        found = self._findings(case, outcome, witness, seconds, grown)
        after = host_state(self.folder)
        if changed := [name for name in before if before[name] != after[name]]:
            found.insert(0, Judgement("STATE", f"changed: {', '.join(changed)}"))
        judgement = found[0] if found else _against_expectation(case, outcome)
        return Judgement(judgement.verdict, judgement.detail, judgement.soft, outcome)

    def _run(self, case: Case, witness: Witness) -> RunOutcome:
        inputs: dict[str, Any] = literal(case.inputs)
        if case.expected != "accepted":
            inputs["CANARY"] = str(self.canary)
        policy = self.policy
        if case.modules:
            policy = SandboxPolicy(
                wall_seconds=policy.wall_seconds, memory_mib=512, retries=0, modules=policy.modules | case.modules
            )
        if case.family.startswith("bomb") or case.expected.startswith("contained: timeout"):
            policy = SandboxPolicy(wall_seconds=0.5, memory_mib=policy.memory_mib, retries=0, modules=policy.modules)
        capabilities = witness.functions() if case.family == "capability" else None
        kept = copy.deepcopy(inputs)
        given = inputs | {name: object() for name in ("ARR", "DF") if re.search(rf"\b{name}\b", str(case.source))}
        outcome = self.run_program(case.source, given, entry=case.entry, policy=policy, capabilities=capabilities)
        if not same(inputs, kept):
            witness.broken_rules.append("the inputs of the host were changed")
        return outcome

    def _findings(
        self, case: Case, outcome: RunOutcome, witness: Witness, seconds: float, grown: int
    ) -> list[Judgement]:
        found = [Judgement("LIVE", rule) for rule in witness.broken_rules]
        if part := live_part(outcome.value) or _live_outcome(outcome):
            found.append(Judgement("LIVE", part))
            return found
        text = "\n".join(_texts(outcome))
        told = "\n".join(_texts(outcome, value=False))
        if CONTENT in text or TOKEN in text or (outcome.ok and "LEAK:" in text):
            found.append(Judgement("LEAK", f"{text:.200}"))
        elif (hit := _HOST_TEXT.search(told)) and case.expected != "accepted":
            found.append(Judgement("LEAK", f"text of the host: {told[max(0, hit.start() - 60) : hit.end() + 40]!r}"))
        if "ESCAPED" in text and outcome.ok:
            found.append(Judgement("ESCAPE", f"{text:.200}"))
        if seconds > self.policy.wall_seconds + 10:
            found.append(Judgement("UNCONTAINED", f"held the host for {seconds:.1f} s"))
        if grown > 96 << 20:
            found.append(Judgement("UNCONTAINED", f"the host grew by {grown >> 20} MiB"))
        return found


def _live_outcome(outcome: RunOutcome) -> str:
    error = outcome.error
    parts: list[tuple[object, type]] = [(outcome, RunOutcome), (outcome.status, str), (outcome.output, str)]
    parts += [(one, Violation) for one in outcome.violations]
    parts += [(text, str) for one in outcome.violations for text in (one.rule, one.message, one.hint)]
    if error is not None:
        parts += [(error, RunError), (error.type, str), (error.message, str)]
        parts += [(one, TraceLine) for one in error.traceback]
        parts += [(text, str) for one in error.traceback for text in (one.function, one.text)]
    wrong = [type(one).__qualname__ for one, wanted in parts if type(one) is not wanted]
    if wrong:
        return f"the outcome holds {wrong[0]}"
    if error is not None and (len(error.message) > 600 or len(error.type) > 200 or len(error.traceback) > 60):
        return "the error is not capped"
    shown = "" if error is None else error.type + error.message + "".join(one.function for one in error.traceback)
    return "the error holds control characters" if re.search(r"[\x00-\x1f\x7f\ud800-\udfff\u202e]", shown) else ""


def _texts(outcome: RunOutcome, *, value: bool = True) -> Iterator[str]:
    if value:
        yield outcome.output
        with contextlib.suppress(ValueError, RecursionError):  # a giant int has no decimal text
            yield repr(outcome.value)[:100_000]
    for one in outcome.violations:
        yield str(one)
    if outcome.error is not None:
        yield outcome.error.type
        yield outcome.error.message
        yield from (line.function for line in outcome.error.traceback)


def _against_expectation(case: Case, outcome: RunOutcome) -> Judgement:
    shown = f"{outcome.status} {outcome.error or ''} {[str(v) for v in outcome.violations][:2] or ''}"[:300]
    kind, _, how = case.expected.partition(": ")
    if kind == "accepted":
        return _benign(case, outcome, shown)
    if kind == "rejected" and outcome.ok:
        return Judgement("RAN", f"value {outcome.value!r:.200}")
    if kind == "contained" and outcome.ok and how.split(" ")[0] not in {"state", "crash"}:
        return Judgement("RAN", f"wanted {how}, got the value {outcome.value!r:.200}")
    soft = ""
    if kind == "rejected" and outcome.status != "rejected":
        soft = f"no refusal but {shown}"
    elif kind == "harmless" and not outcome.ok:
        soft = f"harmless, yet {shown}"
    elif kind == "contained" and outcome.status not in _FITTING.get(how.split(" ")[0], {outcome.status}):
        soft = f"wanted {how}, got {shown}"
    return Judgement("OK", shown, soft)


def _benign(case: Case, outcome: RunOutcome, shown: str) -> Judgement:
    if outcome.status == "rejected":
        return Judgement("REFUSED", shown)
    if not outcome.ok:
        return Judgement("WRONG", shown)
    wanted = literal(case.expect)
    if not same(outcome.value, wanted):
        return Judgement("WRONG", f"wanted {wanted!r:.150}, got {outcome.value!r:.150}")
    return Judgement("OK")


def parsed(source: object) -> ast.Module | None:
    """Return the tree of a case, None when it is no Python."""
    try:
        return ast.parse(source) if type(source) is str else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def totals(judgements: Mapping[str, Judgement]) -> dict[str, int]:
    """Count the verdicts."""
    counts: dict[str, int] = {}
    for judgement in judgements.values():
        counts[judgement.verdict] = counts.get(judgement.verdict, 0) + 1
    return counts
