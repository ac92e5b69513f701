"""Ask Anthropic's Messages API, or a server that speaks it, over httpx: the same protocol as any other model here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_poet.llm.http_model import HttpModel

if TYPE_CHECKING:
    from dana_poet.llm.http_model import Wire

ANTHROPIC_URL = "https://api.anthropic.com"


class Anthropic(HttpModel):
    """A language model behind `{base_url}/v1/messages`; arguments as those of HttpModel.

    Settings choose it for a model name that begins with `anthropic:`, for `claude...` without an address, and for an
    address at anthropic.com. The API wants a limit of tokens, so a request without one asks for 4096; temperatures
    above 1 are sent as 1; schemas and seeds are not sent, because the API has none.

    >>> Anthropic(model="claude-x")
    Anthropic(base_url='https://api.anthropic.com', model='claude-x')
    """

    usual_url = ANTHROPIC_URL
    usual_key_variable = "ANTHROPIC_API_KEY"
    prefix = "anthropic:"
    endings = ("/messages", "/v1")

    def wire(self) -> Wire:
        """Return the format of `/v1/messages`."""
        from dana_poet.llm import anthropic_wire

        return anthropic_wire
