"""Ask a language model for an enhanced function: within a budget, with retries, a correction of form, and a cache."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from dana_poet.codegen.budget import Budget
from dana_poet.codegen.generated_cache import GeneratedCache
from dana_poet.codegen.generator import Candidate, GenerationError, Usage, requested
from dana_poet.codegen.llm_answer import AnswerError, read_answer
from dana_poet.codegen.llm_asking import Account, ask
from dana_poet.codegen.prompt import Prompt, build_prompt
from dana_poet.errors import DanaTypeError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from dana_poet.codegen.generator import GenerationRequest
    from dana_poet.codegen.original import Original
    from dana_poet.llm.client import LanguageModel
    from dana_poet.llm.request import Reply, Request

ANSWER_CHARACTERS = 16_000


class LLMGenerator:
    """Writes candidates with a language model; GenerationError, with its reason, for every fault.

    `client` is any model of `dana_poet.llm`, or a function of the request that returns the answer; the configured model
    when it is None. `retries` repeat a question after a
    fault that passes (429, 5xx, a time-out); `repair_turns` ask for a correction when an answer has the wrong form;
    both count against `budget`. `cache` is a folder: a question that was answered before costs nothing. `max_tokens`
    bounds an answer, `timeout_seconds` one attempt. Safe to use from many threads.

    >>> from dana_poet.codegen.generator import GenerationRequest
    >>> from dana_poet.codegen.original import Original
    >>> from dana_poet.llm import ScriptedModel
    >>> model = ScriptedModel(["```python\\ndef twice(n: int) -> int:\\n    return n + n\\n```"])
    >>> request = GenerationRequest(Original.of_source("def twice(n: int) -> int:\\n    return 2 * n"))
    >>> candidate = LLMGenerator(model).generate(request)
    >>> candidate.origin, candidate.usage.calls
    ('model', 1)
    """

    def __init__(
        self,
        client: LanguageModel | Callable[[Request], str | Reply] | None = None,
        *,
        budget: Budget | None = None,
        retries: int = 2,
        repair_turns: int = 1,
        temperature: float | None = 0.0,
        seed: int | None = None,
        cache: str | os.PathLike[str] | None = None,
        max_tokens: int = 4096,
        timeout_seconds: float = 120.0,
        backoff_seconds: float = 0.5,
    ) -> None:
        self.client = _client(client)
        self.budget = budget or Budget()
        self.retries, self.repair_turns = retries, repair_turns
        self.temperature, self.seed = temperature, seed
        self.cache = None if cache is None else GeneratedCache(cache)
        self.max_tokens, self.timeout_seconds, self.backoff_seconds = max_tokens, timeout_seconds, backoff_seconds
        self.name = "llm" if self.client is None else f"llm:{_model_name(self.client)}"

    def generate(self, request: GenerationRequest | Original | Callable[..., object] | str) -> Candidate:
        """Return a candidate, from the cache when the same was asked before.

        Asked for by a request, a function (with its `@poet` options) or a function's source.
        A candidate that was refused (see `reject`) is not handed out again, and the same question is not asked again:
        GenerationError (reason "rejected_before") until counterexamples or feedback change the request.
        """
        request = requested(request)
        return self._candidate(request, build_prompt(request))

    def repair(self, request: GenerationRequest, candidate: Candidate, problem: str) -> Candidate:
        """Return a corrected candidate, told what was wrong with an earlier one: the counterexample of a verification.

        GenerationError (reason "unchanged") when the model repeats itself.
        """
        prompt = build_prompt(request).after(candidate.source, problem)
        made = self._candidate(request, prompt)
        if made.source.split() == candidate.source.split():
            raise GenerationError(
                "the model repeats the version that was refused", reason="unchanged", usage=made.usage
            )
        return made

    def reject(self, candidate: Candidate, reason: str) -> None:
        """Remember that a candidate was refused, so that the cache does not hand it out again."""
        if self.cache is not None and candidate.prompt_hash:
            self.cache.reject(self._key(candidate.prompt_hash), reason)

    def _candidate(self, request: GenerationRequest, prompt: Prompt) -> Candidate:
        key = self._key(prompt.hash)
        if (known := self._cached(key)) is not None:
            return known
        account = Account(self.budget)
        started = time.monotonic()
        try:
            made = self._asked(request, prompt, account)
        except GenerationError as error:
            error.usage = replace(account.usage, seconds=time.monotonic() - started)
            raise
        made = replace(made, usage=replace(account.usage, seconds=time.monotonic() - started))
        if self.cache is not None:
            self.cache.put(key, made)
        return made

    def _cached(self, key: str) -> Candidate | None:
        known = None if self.cache is None else self.cache.get(key)
        if self.cache is None or known is None:
            return None
        if why := self.cache.rejection(key):
            raise GenerationError(
                f"the answer to this question was refused before: {why}",
                reason="rejected_before",
                hint="add the counterexample to the request",
                usage=Usage(),
            )
        return replace(known, usage=Usage(cost_usd=0.0))

    def _asked(self, request: GenerationRequest, prompt: Prompt, account: Account) -> Candidate:
        """Ask, and ask for corrections of form; the answers before the last are part of the conversation."""
        asked = prompt
        for turns_left in range(self.repair_turns, -1, -1):
            reply = ask(self, asked.messages, account)
            try:
                answer = read_answer(reply, request.original)
            except AnswerError as problem:
                if not problem.mendable or not turns_left:
                    raise
                asked = asked.after(reply.text[:ANSWER_CHARACTERS], problem.message)
            else:
                name = f"llm:{reply.model or _model_name(account.client(self))}"
                return Candidate(answer.source, "model", name, answer.notes, prompt.hash)
        raise AssertionError("the last turn returns or raises")

    def _key(self, prompt_hash: str) -> str:
        """Return the name of an answer: what was asked, of which model, and how."""
        said = [
            prompt_hash,
            _model_name(_current() if self.client is None else self.client),
            self.temperature,
            self.seed,
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _client(given: Any) -> LanguageModel | None:
    """Return the model that a caller gave; a function becomes one. DanaTypeError for what cannot be asked."""
    if given is None or (callable(getattr(given, "complete", None)) and not isinstance(given, type)):
        return cast("LanguageModel | None", given)
    if not callable(given) or isinstance(given, type):
        raise DanaTypeError(
            f"client: a model of dana_poet.llm or a function of the request is expected, not {given!r:.80}",
            hint='LLMGenerator() asks the configured model; OpenAICompatible(model="...") another one',
        )
    from dana_poet.llm.replay import CallableClient

    return CallableClient(given)


def _model_name(client: LanguageModel) -> str:
    return str(getattr(client, "model", "") or type(client).__name__)


def _current() -> LanguageModel:
    from dana_poet.codegen.llm_asking import configured

    return configured()
