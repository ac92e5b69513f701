"""Which model answers here: the one of `use_model`, or the one that the settings describe."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

from dana_poet.errors import LLMNotConfigured
from dana_poet.llm.mock import MockModel
from dana_poet.settings import Secret, current_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dana_poet.llm.client import LanguageModel
    from dana_poet.settings import LLMSettings

_model: ContextVar[LanguageModel | None] = ContextVar("dana_poet_model", default=None)
_model_name: ContextVar[str] = ContextVar("dana_poet_model_name", default="")


def current_model(*, mock: bool | None = None) -> LanguageModel:
    """Return the model to ask. LLMNotConfigured, with the ways to configure one, when there is none.

    `mock` True gives the mock whatever is configured, False never gives it, None leaves that to the settings.
    """
    if mock:
        return MockModel()
    chosen = _model.get()
    if chosen is not None and not (mock is False and isinstance(chosen, MockModel)):
        return chosen
    settings = current_settings().llm
    return model_from_settings(settings._replace(mock=False) if mock is False else settings, name=_model_name.get())


def model_from_settings(settings: LLMSettings, *, name: str = "") -> LanguageModel:
    """Return the model that `settings` describe, `name` in place of their model name where it is given.

    The same settings give the same model, with its open connections. LLMNotConfigured when they describe none.

    >>> from dana_poet.settings import LLMSettings
    >>> model_from_settings(LLMSettings(model="small", base_url="http://localhost:11434/v1"))
    OpenAICompatible(base_url='http://localhost:11434/v1', model='small')
    """
    if settings.mock:
        return MockModel()
    settings = _with_own_place(settings._replace(model=name or settings.model))
    if not settings.model or not (settings.base_url or settings.api_key):
        raise not_configured(settings)
    return _client(settings)


def not_configured(settings: LLMSettings) -> LLMNotConfigured:
    """Return the error that names what is missing and the ways to give it."""
    missing = []
    if not settings.model:
        missing.append("a model name")
    if not (settings.base_url or settings.api_key):
        missing.append("an API key or a server address")
    return LLMNotConfigured(
        f"no language model is configured; missing: {' and '.join(missing)}",
        hint=(
            f"set the environment variables DANA_LLM_MODEL and {settings.api_key_env} (or DANA_LLM_BASE_URL for a "
            "server of your own), or write model and base_url under [llm] in dana.toml; "
            "DANA_MOCK_LLM=true answers without a model"
        ),
    )


@lru_cache(maxsize=16)
def _client(settings: LLMSettings) -> LanguageModel:
    from dana_poet.llm.anthropic import Anthropic
    from dana_poet.llm.openai_compatible import OpenAICompatible

    made = Anthropic if speaks_anthropic(settings) else OpenAICompatible
    return made(
        base_url=settings.base_url or None,
        model=settings.model,
        api_key=settings.api_key,
        api_key_env=settings.api_key_env,
        organization=settings.organization,
        timeout_seconds=settings.timeout_seconds,
        retries=settings.retries,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
    )


def speaks_anthropic(settings: LLMSettings) -> bool:
    """Whether the Messages API is asked: by prefix or address, or for a `claude` model where no address is given.

    >>> from dana_poet.settings import LLMSettings
    >>> [speaks_anthropic(LLMSettings(model=name)) for name in ("anthropic:claude-x", "claude-x", "gpt-x")]
    [True, True, False]
    >>> speaks_anthropic(LLMSettings(model="claude-x", base_url="http://localhost:4000/v1"))
    False
    """
    if settings.model.startswith("anthropic:"):
        return True
    host = settings.base_url.partition("://")[2].partition("/")[0].partition(":")[0]
    if host:
        return host == "anthropic.com" or host.endswith(".anthropic.com")
    return settings.model.startswith("claude")


def _with_own_place(settings: LLMSettings) -> LLMSettings:
    """Return settings whose key and address belong to the server: one company's key is never sent to the other."""
    if not speaks_anthropic(settings):
        return settings
    if settings.base_url == os.environ.get("OPENAI_BASE_URL", "").strip():
        settings = settings._replace(base_url=os.environ.get("ANTHROPIC_BASE_URL", "").strip())
    if settings.api_key_env != "OPENAI_API_KEY":
        return settings
    other = os.environ.get("OPENAI_API_KEY", "").strip()
    given = settings.api_key if settings.api_key.reveal() != other else Secret("")
    key = given or Secret(os.environ.get("ANTHROPIC_API_KEY", "").strip())
    return settings._replace(api_key=key, api_key_env="ANTHROPIC_API_KEY")


@contextmanager
def use_model(model: LanguageModel | str) -> Iterator[None]:
    """Let `model` answer inside the `with` block, for this thread or task and what it starts.

    A text is a model name: the configured server is asked for that model.

    >>> with use_model(MockModel()):
    ...     type(current_model()).__name__
    'MockModel'
    """
    if isinstance(model, str):
        name = _model_name.set(model)
        try:
            yield
        finally:
            _model_name.reset(name)
    else:
        token = _model.set(model)
        try:
            yield
        finally:
            _model.reset(token)


def chosen_model() -> LanguageModel | None:
    """Return the model of `use_model`, None where the settings say which one answers."""
    return _model.get()


def answer_with(model: LanguageModel) -> None:
    """Let `model` answer from here on, in this thread or task and what it starts."""
    _model.set(model)


def set_model_name(name: str) -> None:
    """Ask for the model `name` from here on, in this thread or task and what it starts."""
    _model_name.set(name)


def chosen_name() -> str:
    """Return the model name of `set_model_name` or `use_model`; empty where the client's own holds."""
    return _model_name.get()


def model_name() -> str:
    """Return the name of the model that is asked: of `set_model_name`, else of the settings; empty without one."""
    return _model_name.get() or current_settings().llm.model
