"""Random programs, random texts and random bytes, end to end: no case may raise, hang, leave or leak anything."""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dana_sandbox import frames, pool
from dana_sandbox.attempt import Attempt, Loadable
from dana_sandbox.crossing import BadMessage, Limits
from dana_sandbox.grants import Grants, granted
from dana_sandbox.messages import decode, encode
from dana_sandbox.outcome import RunOutcome, Status
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.pool import Pool, Settings
from dana_sandbox.run import run_untrusted
from tests.sandbox import benign, wild
from tests.sandbox import programs as strange
from tests.sandbox.judge import PLAIN
from tests.sandbox.test_pool import children_of, descriptors, eventually
from tests.sandbox.test_run import Puppet

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUSES = frozenset(get_args(Status))
POLICY = SandboxPolicy(
    wall_seconds=0.3, retries=0, memory_mib=64, output_bytes=10_000, result_bytes=100_000, value_nodes=2000
)
CORPUS = sorted((Path(__file__).parents[1] / "corpus" / "sandbox").glob("*.py"))
LIMITS = Limits(bytes=20_000, nodes=500, depth=20)
many = settings(suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def unchecked() -> Iterator[Pool]:
    """Give children that run any source as it is: what plain Python makes of it, where it can do no harm."""
    made = Pool(Settings(serve="taken_over:serve", paths=(str(Path(__file__).parent),)))
    yield made
    made.shutdown()


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """After all of them: no descriptor, no child but those that wait."""
    if not sys.platform.startswith("linux"):
        yield
        return
    run_untrusted("result = 1", policy=POLICY)
    before = descriptors()
    waiting = {server.pid: len(children_of(server.pid)) for server in pool._DEFAULT._servers.values()}
    yield
    assert descriptors() <= before  # the collector may have closed what others left
    for server in pool._DEFAULT._servers.values():
        pid = server.pid
        most = max(2, waiting.get(pid, 0))  # other tests may have left some that wait
        assert eventually(lambda pid=pid, most=most: len(children_of(pid)) <= most)  # type: ignore[misc]


def judge(outcome: RunOutcome) -> RunOutcome:
    """Hold what every outcome promises."""
    assert outcome.status in STATUSES
    assert outcome.status != "crashed", outcome
    assert bool(outcome.violations) is (outcome.status == "rejected")
    assert (outcome.error is None) is (outcome.status in {"ok", "rejected"})
    assert outcome.ok or outcome.value is None
    assert len(outcome.output.encode()) <= POLICY.output_bytes
    told = [str(outcome.error or ""), *map(str, outcome.violations)]
    assert all(text.isprintable() for text in told), told
    assert_plain(outcome.value)
    return outcome


def assert_plain(value: Any) -> None:
    """Fail unless there is nothing but exact plain types in a value."""
    todo = [value]
    while todo:
        item = todo.pop()
        assert type(item) in PLAIN
        if type(item) is dict:
            todo += [*item, *item.values()]
        elif type(item) in {list, tuple, set, frozenset}:
            todo += item


def plainly(source: str, unchecked: Pool) -> list[Any] | None:
    """Return the `result` that Python itself gives, None where it gives none that can be compared."""
    script = f"""
space = {{"__name__": "__main__"}}
try:
    exec({source!r}, space)
    frame = me.done([space.get("result")])
except BaseException:
    frame = me.done(None)
me.send(frame)
"""
    program = Loadable(encode([], LIMITS), script, POLICY)
    worker = unchecked.lease(POLICY)
    outcome = Attempt(program, worker, Grants({}, POLICY), ()).run(encode({}, LIMITS), loaded=False)
    worker.end()
    value: list[Any] | None = outcome.value
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two values look the same; addresses and the order of sets differ from process to process."""
    first, second = repr(left), repr(right)
    return first == second or "0x" in first + second or sorted(first) == sorted(second)


harmless = benign.programs.map(lambda source: source.replace(", box, log)", ", repr(box), log)"))


class TestPrograms:
    """Whatever compiles and whatever does not."""

    @settings(many, max_examples=300)
    @given(wild.programs | harmless)
    def test_end_as_promised_and_mean_what_python_means(self, unchecked: Pool, source: str) -> None:
        """Law: one of seven statuses, plain data, nothing left; a value is the one that Python gives."""
        outcome = judge(run_untrusted(source, policy=POLICY))
        if outcome.ok and (expected := plainly(source, unchecked)) is not None:
            assert same(outcome.value, expected[0])

    @settings(many, max_examples=60)
    @given(strange.programs)
    def test_strange_ones_end_as_promised(self, source: str) -> None:
        """Law: also those with names and nodes that are not allowed."""
        judge(run_untrusted(source, policy=POLICY))

    @settings(many, max_examples=100)
    @given(st.text() | st.binary().map(lambda data: data.decode("latin-1")) | st.binary())
    @example("\0")
    @example("\ud800")
    @example("\ufeffx = 1")
    @example("# coding: rot13\nx = 1")
    @example("x = 1\f\n\v")
    def test_any_text_is_judged(self, source: str | bytes) -> None:
        """Law: no text, and nothing else, raises."""
        judge(run_untrusted(source, policy=POLICY))  # type: ignore[arg-type]

    @settings(many, max_examples=60)
    @given(data=st.data())
    def test_mutated_attacks_are_judged(self, data: st.DataObject) -> None:
        """Law: nor does an attack that was cut, doubled or spoiled somewhere."""
        source = data.draw(st.sampled_from(CORPUS)).read_text(encoding="utf-8")
        for _ in range(data.draw(st.integers(1, 4))):
            start = data.draw(st.integers(0, len(source)))
            end = start + data.draw(st.integers(0, 30))
            more = data.draw(st.sampled_from(["", source[start:end] * 2, "(", "\n", "'", "__class__", ".x", "é", "\t"]))
            source = source[:start] + more + source[end:]
        outcome = run_untrusted(source, policy=POLICY)
        if outcome.status != "crashed":  # some attacks crash the interpreter, which is what its process is for
            judge(outcome)


_ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.decimals() | st.dates()
_VALUES = st.recursive(
    _ATOMS, lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)
_TOKENS = st.sampled_from("l t d e f c z W O s u b i a w o g m q x n".split())


@st.composite
def spoiled(draw: st.DrawFn) -> bytes:
    """Draw a message that was one once."""
    data = bytearray(encode(draw(_VALUES), Limits(1 << 30, 1 << 30, 1000)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 3))] = draw(
            st.binary(max_size=3) | st.sampled_from([b"[", b'"', b"{", b","])
        )
    return bytes(data)


messages = st.one_of(
    st.binary(),
    st.binary().map(b"J".__add__),
    spoiled(),
    st.lists(st.builds("{}{}".format, _TOKENS, st.text(max_size=8) | st.integers(0, 5).map(str)) | st.integers()).map(
        lambda tokens: b"T" + json.dumps(tokens).encode()
    ),
)


class TestTheHost:
    """What a child sends, into what reads it."""

    @settings(many, max_examples=500)
    @given(messages)
    def test_any_bytes_are_a_value_or_refused(self, data: bytes) -> None:
        """Law: BadMessage, or plain data within the caps that can be written again."""
        try:
            value = decode(data, LIMITS)
        except BadMessage:
            return
        assert_plain(value)
        again = decode(encode(value, Limits(1 << 30, 1 << 30, 1000)), LIMITS)
        assert repr(again) == repr(value) or sorted(repr(again)) == sorted(repr(value))

    @settings(many, max_examples=500)
    @given(st.binary())
    def test_any_bytes_are_a_frame_or_refused(self, data: bytes) -> None:
        """Law: what is taken for a frame is what would have been written."""
        try:
            kind, parts = frames.unpack(data)
        except BadMessage:
            return
        assert frames.pack(kind, *parts) == data

    @settings(many, max_examples=500)
    @given(data=st.data())
    def test_any_frames_are_an_outcome(self, data: st.DataObject) -> None:
        """Law: whatever a child sends, the host makes an outcome of it, and calls only what was granted."""
        usage = st.builds(frames.USAGE.pack, st.floats(), st.integers(0, 2**64 - 1)) | st.binary(max_size=20)
        status = st.sampled_from([b"ok", b"error", b"rejected", b"output", b"memory", b"timeout", b""]) | st.binary()
        details = messages | st.just(encode([[1, 2, "r", "m", "h"]], LIMITS)) | st.just(encode(["E", "m", []], LIMITS))
        nothing = st.just(b"")
        done = st.builds(frames.pack, st.just(b"D"), status, messages | nothing, st.binary(), details | nothing, usage)
        names = st.sampled_from([b"f", b"g", b"__class__"]) | st.binary()
        arguments = st.sampled_from([b"J[]", b"J[1]", b"J{}"]) | messages
        calls = st.builds(frames.pack, st.just(b"C"), names, arguments, arguments)
        sent = data.draw(st.lists(calls | st.binary() | done, max_size=5))
        seen: list[Any] = []
        puppet: Any = Puppet(*sent, BadMessage("nothing more"))
        capabilities = granted({"f": lambda *args: seen.append(args)})
        attempt = Attempt(Loadable(b"", "x = 1", POLICY), puppet, Grants(capabilities, POLICY), ("process",))
        outcome = attempt.run(b"", loaded=True)
        assert outcome.status in STATUSES
        assert 0 <= outcome.cpu_seconds < math.inf
        assert outcome.peak_bytes <= Puppet.most_bytes
        assert_plain(outcome.value)
        assert_plain(seen)
        assert len(seen) <= len(sent)
