from __future__ import annotations

import multiprocessing
import threading
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet.codegen.budget import Budget
from dana_poet.codegen.generated_cache import GeneratedCache
from dana_poet.codegen.generator import Candidate, GenerationError, GenerationRequest, Generator, Usage
from dana_poet.codegen.llm_generator import LLMGenerator
from dana_poet.codegen.llm_generator_background import claimed, generate_in_background, wait_for_background
from dana_poet.codegen.original import Original
from dana_poet.errors import DanaTypeError, LLMError, PoetWarning
from dana_poet.llm import CallableClient, OpenAICompatible, ReplayClient, Reply, ScriptedModel, use_model
from dana_poet.llm import Usage as Tokens
from tests.codegen.model_faults import GOOD, fence, scaled
from tests.llm.fake_server import refused, said, serving

if TYPE_CHECKING:
    from pathlib import Path

    from dana_poet.llm import LanguageModel, Request
    from dana_poet.llm.scripted import Answer

REQUEST = GenerationRequest(Original.of(scaled))
OTHER = GOOD.replace("value * factor", "factor * value")


def counted(code: str = GOOD, prompt: int = 100, answer: int = 40) -> Reply:
    """Return a model's answer that counts its tokens."""
    return Reply(text=fence(code), model="small", usage=Tokens(prompt, answer))


def made_by(*answers: Answer, **settings: Any) -> tuple[LLMGenerator, ScriptedModel]:
    """Return a generator with a model that gives these answers, and the model."""
    model = ScriptedModel(answers)
    return LLMGenerator(model, backoff_seconds=0.001, **settings), model


def passing() -> LLMError:
    """Return the error of a server that is busy."""
    error = LLMError("busy")
    error.reason, error.passing, error.status = "rate_limited", True, 429
    return error


def refusal_of(generator: LLMGenerator, request: GenerationRequest = REQUEST) -> GenerationError:
    """Return why a generation fails."""
    with pytest.raises(GenerationError) as caught:
        generator.generate(request)
    return caught.value


def test_a_candidate_tells_where_it_comes_from() -> None:
    """Its version's record needs all of it."""
    generator, model = made_by(Reply(text=f"Simple.\n{fence(GOOD)}", model="small", usage=Tokens(100, 40)))
    candidate = generator.generate(REQUEST)
    assert candidate.source == GOOD
    assert (candidate.origin, candidate.generator, candidate.notes) == ("model", "llm:small", "Simple.")
    assert len(candidate.prompt_hash) == 64
    assert candidate.usage == Usage(100, 40, 1, candidate.usage.seconds if candidate.usage else 0, None)
    assert "def scaled" in model.requests[0].messages[1].content
    assert isinstance(generator, Generator)


def test_a_fault_that_passes_is_repeated_by_the_generator_alone() -> None:
    """The client's own retries would be paid for unseen."""
    generator, model = made_by(passing(), passing(), counted(), retries=2)
    candidate = generator.generate(REQUEST)
    assert candidate.usage is not None
    assert candidate.usage.calls == len(model.requests) == 3
    assert {request.retries for request in model.requests} == {0}


def test_an_http_client_leaves_repeats_to_the_generator() -> None:
    """One question, one attempt."""
    with serving(refused(500)) as server:
        client = OpenAICompatible(base_url=server.url, model="small", retries=5)
        assert refusal_of(LLMGenerator(client, retries=0)).reason == "server_error"
        client.close()
    assert len(server.questions) == 1


def test_what_a_server_does_not_take_is_left_out() -> None:
    """Some models take neither seed nor temperature."""

    def answer(question: dict[str, Any]) -> Any:
        for option in ("seed", "temperature"):
            if option in question:
                return refused(400, f"'{option}' is not supported with this model")
        return said(fence(GOOD))

    with serving(answer) as server:
        client = OpenAICompatible(base_url=server.url, model="small")
        assert LLMGenerator(client, seed=7).generate(REQUEST).source == GOOD
        client.close()
    assert server.questions[0]["seed"] == 7


def test_a_wrong_form_is_corrected_in_a_repair_turn() -> None:
    """The model sees its answer and what is wrong with it; both turns are paid for."""
    generator, model = made_by(counted("def scale(): ..."), counted())
    candidate = generator.generate(REQUEST)
    assert candidate.source == GOOD
    assert candidate.usage is not None
    assert (candidate.usage.calls, candidate.usage.prompt_tokens) == (2, 200)
    assert "defines scale, not scaled" in model.requests[1].messages[-1].content


def test_repair_turns_end() -> None:
    """The reason is that of the last answer, the cost that of all."""
    generator, model = made_by(*[counted("def scale(): ...")] * 9, repair_turns=2)
    error = refusal_of(generator)
    assert error.reason == "wrong_name"
    assert error.usage is not None
    assert error.usage.calls == len(model.requests) == 3


def test_a_counterexample_asks_for_another_version() -> None:
    """It travels as data after the refused version."""
    generator, model = made_by(counted(), counted(OTHER))
    candidate = generator.generate(REQUEST)
    repaired = generator.repair(REQUEST, candidate, "scaled(True) returned 2, the original True")
    assert repaired.source == OTHER
    assert "scaled(True) returned 2" in model.requests[1].messages[-1].content
    assert repaired.prompt_hash != candidate.prompt_hash


def test_a_model_that_repeats_itself_is_not_verified_again() -> None:
    """Small models do that after every counterexample."""
    generator, _ = made_by(counted(), counted(GOOD + "\n"))
    candidate = generator.generate(REQUEST)
    with pytest.raises(GenerationError) as caught:
        generator.repair(REQUEST, candidate, "wrong")
    assert caught.value.reason == "unchanged"
    assert caught.value.usage is not None
    assert caught.value.usage.calls == 1


@pytest.mark.parametrize(("error", "reason", "calls"), [
    (ValueError("odd"), "client_error", 1),
    (ConnectionResetError("gone"), "connection_lost", 3),
    (TimeoutError(), "timeout", 3),
    (LLMError("no idea"), "model_error", 1),
], ids=str)  # fmt: skip
def test_a_client_of_the_user_s_may_raise_anything(error: Exception, reason: str, calls: int) -> None:
    """It ends in a GenerationError all the same."""
    generator, model = made_by(*[error] * 9)
    assert refusal_of(generator).reason == reason
    assert len(model.requests) == calls


def test_a_client_that_answers_with_nonsense_is_told_so() -> None:
    """A number is no Reply."""
    client: Any = CallableClient(lambda _request: "x")
    client.complete = lambda _request: 3
    assert refusal_of(LLMGenerator(client)).reason == "client_error"


def test_a_function_of_the_request_or_an_answer_as_text_is_a_model_too() -> None:
    """Who tries a prompt writes a lambda, or a class with `complete` that returns text."""
    client: Any = CallableClient(lambda _request: "x")
    client.complete = lambda _request: fence(GOOD)
    for model in (client, lambda _request: fence(GOOD)):
        assert LLMGenerator(model).generate(scaled).source.strip() == GOOD.strip()


@pytest.mark.parametrize("client", ["gpt-x", 3, CallableClient], ids=str)
def test_what_cannot_be_asked_is_refused_when_the_generator_is_made(client: Any) -> None:
    """Not at the first call, in the background."""
    with pytest.raises(DanaTypeError, match="client: a model"):
        LLMGenerator(client)


def test_the_configured_model_is_asked_when_none_is_given() -> None:
    """`use_model` and the settings decide at the time of the question."""
    with use_model(ScriptedModel([counted()])):
        assert LLMGenerator().generate(REQUEST).source == GOOD


def test_the_budget_ends_repeats_and_repairs() -> None:
    """Each attempt is paid for in advance, so the last one is not begun."""
    generator, model = made_by(*[counted("def scale(): ...")] * 9, budget=Budget(calls=2), repair_turns=8)
    error = refusal_of(generator)
    assert error.reason == "budget"
    assert error.usage is not None
    assert error.usage.calls == len(model.requests) == 2


@pytest.mark.parametrize("tokens", [3_000, 6_000, 9_000, 20_000])
def test_no_budget_is_exceeded_whatever_the_model_does(tokens: int) -> None:
    """The model uses every token that it is given, and some answers are lost."""
    used = 0

    def greedy(request: Request) -> Reply:
        nonlocal used
        size = sum(len(message.content.encode()) for message in request.messages)
        used += size + (request.max_tokens or 0)
        if used % 3 == 0:
            raise TimeoutError
        return Reply(text=fence("def scale(): ..."), usage=Tokens(size, request.max_tokens or 0))

    budget = Budget(tokens=tokens)
    generator = LLMGenerator(CallableClient(greedy), budget=budget, repair_turns=9, retries=9, backoff_seconds=0.001)
    assert refusal_of(generator).reason in {"budget", "wrong_name"}
    assert used <= budget.spent.tokens <= tokens


def test_the_cost_is_reported_on_success() -> None:
    """In dollars where prices are known."""
    generator, _ = made_by(passing(), counted(), budget=Budget(price_in=1.0, price_out=10.0))
    usage = generator.generate(REQUEST).usage
    assert usage is not None
    assert usage.cost_usd == pytest.approx((100 * 1 + 40 * 10) / 1_000_000)


def test_a_warm_start_asks_no_model(tmp_path: Path) -> None:
    """Another process finds the answer by what it would ask."""
    generator, _ = made_by(counted(), cache=tmp_path / "cache")
    first = generator.generate(REQUEST)
    again, model = made_by(cache=tmp_path / "cache")
    second = again.generate(REQUEST)
    assert second == replace(first, usage=Usage(cost_usd=0.0))
    assert model.requests == []


def test_another_question_is_asked(tmp_path: Path) -> None:
    """The cache knows questions, not functions."""
    generator, model = made_by(counted(), counted(OTHER), cache=tmp_path)
    generator.generate(REQUEST)
    assert generator.generate(replace(REQUEST, counterexamples=("scaled(1) is 3",))).source == OTHER
    hotter = LLMGenerator(ScriptedModel([counted(OTHER)]), cache=tmp_path, temperature=0.7)
    assert hotter.generate(REQUEST).source == OTHER
    assert len(model.requests) == 2


def test_a_refused_version_is_not_made_again_unchanged(tmp_path: Path) -> None:
    """Neither handed out nor asked for, until something new is known."""
    generator, model = made_by(counted(), counted(OTHER), cache=tmp_path)
    candidate = generator.generate(REQUEST)
    generator.reject(candidate, "scaled(True) returned 2")
    error = refusal_of(generator)
    assert (error.reason, len(model.requests)) == ("rejected_before", 1)
    assert "scaled(True) returned 2" in error.message
    assert generator.generate(replace(REQUEST, counterexamples=("scaled(True) returned 2",))).source == OTHER


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 1}', "half", "edited"])
def test_a_damaged_answer_is_asked_for_again(tmp_path: Path, damage: str) -> None:
    """A cut or edited file is never run."""
    generator, model = made_by(counted(), counted(OTHER), cache=tmp_path)
    generator.generate(REQUEST)
    (file,) = tmp_path.iterdir()
    whole = file.read_text()
    texts = {"half": whole[: len(whole) // 2], "edited": whole.replace("value * factor", "value + factor")}
    file.write_text(texts.get(damage, damage))
    assert generator.generate(REQUEST).source == OTHER
    assert len(model.requests) == 2


def test_an_answer_that_cannot_be_kept_is_used_with_a_warning(tmp_path: Path) -> None:
    """A full disk is no reason to lose what was paid for."""
    (tmp_path / "file").write_text("")
    generator, _ = made_by(counted(), cache=tmp_path / "file" / "cache")
    with pytest.warns(PoetWarning, match="cannot be kept"):
        assert generator.generate(REQUEST).source == GOOD


def test_nothing_is_written_before_there_is_an_answer(tmp_path: Path) -> None:
    """A generator that is made and never asked leaves no folder."""
    generator, _ = made_by(passing(), cache=tmp_path / "cache", retries=0)
    refusal_of(generator)
    assert list(tmp_path.iterdir()) == []
    assert GeneratedCache(tmp_path / "cache").get("k" * 64) is None


def test_a_generation_can_be_recorded_and_replayed(tmp_path: Path) -> None:
    """A repository keeps answers, and its tests need no server."""
    recording: LanguageModel = ReplayClient(tmp_path, record=ScriptedModel([counted()]))
    first = LLMGenerator(recording).generate(REQUEST)
    assert LLMGenerator(ReplayClient(tmp_path)).generate(REQUEST).source == first.source
    other = replace(REQUEST, feedback=("too slow",))
    assert refusal_of(LLMGenerator(ReplayClient(tmp_path)), other).reason == "not_recorded"


class Slow:
    """A generator that waits for a signal."""

    name = "slow"

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked = 0

    def generate(self, request: GenerationRequest) -> Candidate:
        """Wait, then answer."""
        self.asked += 1
        assert self.go.wait(20)
        if request.feedback:
            raise ValueError(request.feedback[0])
        return Candidate(GOOD, "model", self.name)


def test_generation_goes_on_while_the_original_serves() -> None:
    """The call returns at once; one generation a function, two in all."""
    slow = Slow()
    done: list[Candidate | None] = []

    def keep(candidate: Candidate | None, _error: GenerationError | None) -> None:
        done.append(candidate)

    started = [generate_in_background(slow, REQUEST, keep, key=key) for key in ("a", "a", "b", "c")]
    assert started == ["started", "running", "started", "busy"]
    assert done == []
    slow.go.set()
    assert wait_for_background(20)
    assert [one.source if one else None for one in done] == [GOOD, GOOD]
    assert slow.asked == 2


def test_whatever_a_generator_raises_is_handed_over() -> None:
    """Nobody waits for its thread."""
    slow = Slow()
    slow.go.set()
    found: list[GenerationError | None] = []
    generate_in_background(
        slow, replace(REQUEST, feedback=("boom",)), lambda _made, error: found.append(error), key="a"
    )
    assert wait_for_background(20)
    assert found[0] is not None
    assert found[0].reason == "generator_error"


def test_what_cannot_be_kept_is_a_warning() -> None:
    """`done` may meet a full disk."""
    slow = Slow()
    slow.go.set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        generate_in_background(slow, REQUEST, lambda *_: 1 / 0, key="a")  # type: ignore[arg-type]
        assert wait_for_background(20)
    assert [one.category for one in caught] == [PoetWarning]


def test_the_caller_s_model_holds_in_the_thread() -> None:
    """Context variables go with it."""
    found: list[Candidate | None] = []
    with use_model(ScriptedModel([counted()])):
        generate_in_background(LLMGenerator(), REQUEST, lambda made, _error: found.append(made), key="a")
    assert wait_for_background(20)
    assert found[0] is not None


def _hold(folder: str, held: Any, go: Any) -> None:
    with claimed("f", folder) as ours:
        held.put(ours)
        go.wait(30)


def test_two_processes_generate_once(tmp_path: Path) -> None:
    """A claim that dies with its process is free again."""
    context = multiprocessing.get_context("spawn")
    held, go = context.Queue(), context.Event()
    other = context.Process(target=_hold, args=(str(tmp_path), held, go))
    other.start()
    try:
        assert held.get(timeout=30) is True
        found: list[GenerationError | None] = []
        slow = Slow()
        generate_in_background(slow, REQUEST, lambda _made, error: found.append(error), key="f", folder=str(tmp_path))
        assert wait_for_background(20)
        assert found[0] is not None
        assert (found[0].reason, slow.asked) == ("claimed", 0)
    finally:
        other.kill()
        other.join(30)
        held.close()
    with claimed("f", str(tmp_path)) as ours:
        assert ours


def test_a_folder_that_cannot_be_written_claims_nothing(tmp_path: Path) -> None:
    """Generating twice is better than not at all."""
    (tmp_path / "file").write_text("")
    with claimed("f", str(tmp_path / "file" / "cache")) as ours:
        assert ours
