"""Put one question to a model within a budget: repeat what passes, account for every attempt, name every fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dana_poet.codegen.generator import GenerationError, Usage
from dana_poet.errors import LLMError, LLMNotConfigured
from dana_poet.llm.request import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    import tenacity

    from dana_poet.codegen.budget import Budget
    from dana_poet.codegen.llm_generator import LLMGenerator
    from dana_poet.llm.client import LanguageModel
    from dana_poet.llm.request import Message

LONGEST_WAIT_SECONDS = 60.0
# Nothing was asked, so nothing can have been paid for.
_FREE = frozenset({"unreachable", "unsendable", "not_recorded", "not_configured"})


class Account:
    """What one generation has used so far."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.usage = Usage(cost_usd=budget.cost(0, 0))
        self._client: LanguageModel | None = None

    def client(self, generator: LLMGenerator) -> LanguageModel:
        """Return the model that this generation asks, the same one in all turns."""
        if self._client is None:
            self._client = configured() if generator.client is None else generator.client
        return self._client


def configured() -> LanguageModel:
    """Return the model of the settings. GenerationError (reason "not_configured") when there is none."""
    from dana_poet.llm.choose import current_model

    try:
        return current_model()
    except LLMNotConfigured as error:
        raise GenerationError(error.message, reason="not_configured", hint=error.hint, usage=Usage()) from error


def ask(generator: LLMGenerator, messages: tuple[Message, ...], account: Account) -> Reply:
    """Return a model's reply; GenerationError when the budget is used up or no attempt brings one."""
    import tenacity

    client = account.client(generator)
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_passes),
        stop=_stop(generator.retries + 1),
        wait=_wait(generator.backoff_seconds),
        reraise=True,
    )
    try:
        return retrying(_attempt, generator, client, messages, account)
    except GenerationError:
        raise
    except Exception as error:
        raise _named(error) from error


def _attempt(generator: LLMGenerator, client: LanguageModel, messages: tuple[Message, ...], account: Account) -> Reply:
    """Ask once. What it may cost is set aside before and settled after, whatever happens."""
    reserved = account.budget.reserve(messages, generator.max_tokens)
    request = Request(
        messages=messages,
        temperature=generator.temperature,
        seed=generator.seed,
        max_tokens=reserved.max_tokens,
        timeout_seconds=generator.timeout_seconds,
        retries=0,  # repeats are ours: each one is paid for
    )
    reply: Reply | None = None
    charged = True
    try:
        reply = _checked(client.complete(request))
    except Exception as error:
        charged = _may_cost(error)
        raise
    finally:
        account.usage += account.budget.settle(reserved, reply, charged=charged)
    return reply


def _checked(reply: Any) -> Reply:
    """Return what a client answered: a Reply, or its text alone."""
    if type(reply) is str:
        return Reply(text=reply)
    if not isinstance(reply, Reply) or type(reply.text) is not str:
        raise GenerationError(
            f"the client answered with {type(reply).__name__}, not with a Reply", reason="client_error"
        )
    return reply


def _may_cost(error: Exception) -> bool:
    """Whether a model may have worked for this attempt: a server that answers with an error has not."""
    return not (isinstance(error, LLMError) and (error.status or error.reason in _FREE))


def _passes(error: BaseException) -> bool:
    return error.passing if isinstance(error, LLMError) else isinstance(error, (ConnectionError, TimeoutError))


def _stop(attempts: int) -> Callable[[tenacity.RetryCallState], bool]:
    """Stop after so many attempts, and where a server asks for more patience than a generation has."""

    def stop(state: tenacity.RetryCallState) -> bool:
        return state.attempt_number >= attempts or (_asked_wait(state) or 0.0) > LONGEST_WAIT_SECONDS

    return stop


def _wait(backoff_seconds: float) -> Callable[[tenacity.RetryCallState], float]:
    import tenacity

    backoff = tenacity.wait_random_exponential(multiplier=backoff_seconds, max=LONGEST_WAIT_SECONDS)

    def wait(state: tenacity.RetryCallState) -> float:
        asked = _asked_wait(state)
        return backoff(state) if asked is None else asked

    return wait


def _asked_wait(state: tenacity.RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.wait_seconds if isinstance(error, LLMError) else None


def _named(error: Exception) -> GenerationError:
    """Return the generation's error for whatever a client raised."""
    if isinstance(error, LLMError):
        return GenerationError(error.message, reason=error.reason or "model_error", hint=error.hint)
    usual = {TimeoutError: "timeout", ConnectionError: "connection_lost"}
    reason = next((slug for kind, slug in usual.items() if isinstance(error, kind)), "client_error")
    return GenerationError(f"the client raised {type(error).__name__}: {error}", reason=reason)
