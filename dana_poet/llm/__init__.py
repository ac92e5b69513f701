"""Ask a language model for text. Start at `current_model`; a model is anything with `complete(Request) -> Reply`."""

from dana_poet.llm.anthropic import Anthropic
from dana_poet.llm.choose import current_model, model_from_settings, use_model
from dana_poet.llm.client import AsyncLanguageModel, LanguageModel, acomplete
from dana_poet.llm.mock import MockModel
from dana_poet.llm.openai_compatible import OpenAICompatible
from dana_poet.llm.replay import CallableClient, ReplayClient
from dana_poet.llm.request import Message, Reply, Request, Usage
from dana_poet.llm.scripted import ScriptedModel

__all__ = [
    "Anthropic",
    "AsyncLanguageModel",
    "CallableClient",
    "LanguageModel",
    "Message",
    "MockModel",
    "OpenAICompatible",
    "ReplayClient",
    "Reply",
    "Request",
    "ScriptedModel",
    "Usage",
    "acomplete",
    "current_model",
    "model_from_settings",
    "use_model",
]
