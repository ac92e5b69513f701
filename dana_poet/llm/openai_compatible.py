"""Ask any server that speaks OpenAI's `/chat/completions`: OpenAI itself, vLLM, Ollama, llama.cpp, gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_poet.llm.http_model import HttpModel
from dana_poet.settings import OPENAI_URL

if TYPE_CHECKING:
    from dana_poet.llm.http_model import Wire


class OpenAICompatible(HttpModel):
    """A language model behind `{base_url}/chat/completions`; arguments as those of HttpModel.

    >>> OpenAICompatible(model="small", base_url="http://localhost:11434/v1")
    OpenAICompatible(base_url='http://localhost:11434/v1', model='small')
    """

    usual_url = OPENAI_URL
    usual_key_variable = "OPENAI_API_KEY"
    prefix = "openai:"
    endings = ("/chat/completions",)

    def wire(self) -> Wire:
        """Return the format of `/chat/completions`."""
        from dana_poet.llm import wire

        return wire
