from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen import verify
from dana_poet.codegen.budget import Budget
from dana_poet.codegen.generator import Candidate, GenerationError, GenerationRequest
from dana_poet.codegen.llm_generator import LLMGenerator
from dana_poet.codegen.original import Original
from dana_poet.codegen.runner import CandidateError, runner
from dana_poet.llm import Anthropic, OpenAICompatible
from tests.codegen.model_faults import (
    ARGUMENTS,
    CODE_FAULTS,
    GENERATION_FAULTS,
    HARMLESS,
    PROTOCOLS,
    RESULT,
    SIGNATURE,
    ModelFault,
    Protocol,
    scaled,
)
from tests.llm.fake_server import FakeServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REQUEST = GenerationRequest(Original.of(scaled))
IN_SANDBOX: dict[str, Any] = {"name": "scaled", "memory_mib": 128}


@contextmanager
def generating(fault: ModelFault, protocol: Protocol, **settings: Any) -> Iterator[tuple[LLMGenerator, FakeServer]]:
    """Give a generator whose model has this fault, and the model's server."""
    usual: dict[str, Any] = {"retries": 1, "repair_turns": 0, "timeout_seconds": 20.0, "backoff_seconds": 0.001}
    with serving(*fault.script(protocol)) as server:
        kind = OpenAICompatible if protocol == "openai" else Anthropic
        client = kind(base_url=server.url, model="small", api_key="k")
        try:
            yield LLMGenerator(client, **{**usual, **settings}), server
        finally:
            client.close()


def candidate_of(fault: ModelFault, protocol: Protocol = "openai") -> Candidate:
    """Return what a model with this fault writes."""
    with generating(fault, protocol) as (generator, _):
        return generator.generate(REQUEST)


def walk(faults: tuple[ModelFault, ...]) -> list[Any]:
    """Return every fault in every protocol that can have it."""
    return [pytest.param(f, p, id=f"{f.name} ({p})") for f in faults for p in PROTOCOLS if p in f.protocols]


@pytest.mark.parametrize(("fault", "protocol"), walk(GENERATION_FAULTS))
def test_every_fault_of_a_model_ends_in_its_reason(fault: ModelFault, protocol: Protocol) -> None:
    """With what it cost; a server that asks for an hour, or refuses for good, is asked once."""
    timeout = 0.4 if fault.slow else 20.0
    made = generating(fault, protocol, timeout_seconds=timeout)
    with made as (generator, server), pytest.raises(GenerationError) as caught:
        generator.generate(REQUEST)
    assert caught.value.reason in fault.reasons, caught.value
    assert caught.value.usage is not None
    assert 1 <= caught.value.usage.calls == len(server.questions) <= fault.most_calls


def test_there_are_enough_faults() -> None:
    """Names are unique, and no fault is without an end."""
    everything = GENERATION_FAULTS + CODE_FAULTS
    assert len({fault.name for fault in everything}) == len(everything) >= 90
    assert all(fault.reasons for fault in GENERATION_FAULTS)


@pytest.mark.parametrize("fault", CODE_FAULTS, ids=lambda fault: fault.name)
def test_bad_code_does_no_harm_in_the_sandbox(fault: ModelFault) -> None:
    """A call of it ends in a CandidateError, or in a value that the verifier sees is wrong."""
    # Only what never ends has to wait for its end; a crash on a busy machine takes its time.
    calls = runner(candidate_of(fault).source, scaled, timeout=0.5 if "timeout" in fault.kinds else 20.0, **IN_SANDBOX)
    try:
        value = calls(*ARGUMENTS)
    except CandidateError as error:
        assert error.kind in fault.kinds, (error.kind, error.message)  # noqa: PT017 - not every fault raises
        assert error.acted is (fault.name == "asked forever")  # noqa: PT017
    else:
        assert not fault.kinds
        assert value != RESULT or type(value) is not int
    finally:
        calls.close()


@pytest.mark.parametrize("fault", CODE_FAULTS, ids=lambda fault: fault.name)
def test_bad_code_is_refused_by_verification(fault: ModelFault) -> None:
    """With the gate and the reason; none of it would ever serve a call."""
    found = verify(scaled, candidate_of(fault).source, examples=[(ARGUMENTS, {})])
    assert not found.accepted
    assert found.reason


@pytest.mark.parametrize(("fault", "protocol"), walk(HARMLESS))
def test_odd_answers_that_hold_the_function_are_taken(fault: ModelFault, protocol: Protocol) -> None:
    """What stands around the fence is a note, whatever it says."""
    candidate = candidate_of(fault, protocol)
    calls = runner(candidate.source, scaled, name="scaled", mode="restricted")
    assert calls(*ARGUMENTS) == RESULT
    assert (candidate.origin, candidate.generator) == ("model", "llm:served-model")


def test_nobody_listening_has_a_reason() -> None:
    """It costs nothing, because nobody can have worked."""
    with serving() as server:
        pass
    client = OpenAICompatible(base_url=server.url, model="small")
    budget = Budget(tokens=20_000)
    with pytest.raises(GenerationError) as caught:
        LLMGenerator(client, budget=budget, retries=1, backoff_seconds=0.001).generate(REQUEST)
    assert caught.value.reason == "unreachable"
    assert budget.spent.tokens == 0
    client.close()


def test_without_a_model_the_reason_says_so(tmp_path: Path) -> None:
    """The hint names the ways to configure one."""
    with pytest.raises(GenerationError) as caught:
        LLMGenerator(cache=tmp_path).generate(REQUEST)
    assert caught.value.reason == "not_configured"
    assert "DANA_LLM_MODEL" in caught.value.hint


@pytest.mark.parametrize("code", [
    "    return original(value, factor)",
    "    if not isinstance(value, int):\n        raise ValueError('value must be an int')\n    return original(value, factor)",
])  # fmt: skip
def test_a_version_may_call_the_original(code: str) -> None:
    """The prompt offers it, the sandbox grants it, so verification has to know it."""
    assert verify(scaled, SIGNATURE + code).accepted
    assert not verify(scaled, SIGNATURE + code + " + 1").accepted
