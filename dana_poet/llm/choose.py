"""Which model answers here: the one of `use_model`, or the one that the settings describe."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING

from dana_poet.errors import LLMNotConfigured
from dana_poet.llm.mock import MockModel
from dana_poet.settings import OPENAI_URL, current_settings

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
    settings = settings._replace(model=name or settings.model)
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
    from dana_poet.llm.openai_compatible import OpenAICompatible

    return OpenAICompatible(
        base_url=settings.base_url or OPENAI_URL,
        model=settings.model,
        api_key=settings.api_key,
        api_key_env=settings.api_key_env,
        organization=settings.organization,
        timeout_seconds=settings.timeout_seconds,
        retries=settings.retries,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
    )


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
