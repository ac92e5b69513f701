"""The text of a page of the web, for the knowledge resource."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from dana_poet.errors import DanaValueError

if TYPE_CHECKING:
    import httpx

SECONDS = 30.0
UNSEEN = frozenset({"head", "title", "script", "style", "template", "noscript"})
BLOCKS = frozenset(
    {
        "address",
        "article",
        "br",
        "div",
        "dd",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "p",
        "pre",
        "section",
        "tr",
    }
)


def page_text(address: str, largest: int) -> str:
    """Return the text of a page of at most `largest` bytes. DanaValueError when it cannot be read."""
    if not address.startswith("https://"):
        raise DanaValueError(f"knowledge reads files and https pages, not '{address}'", hint="write https://...")
    import httpx

    try:
        with httpx.stream("GET", address, follow_redirects=True, timeout=SECONDS) as answer:
            answer.raise_for_status()
            return _text_of(answer, address, largest)
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        raise DanaValueError(f"knowledge source '{address}' cannot be read: its server answers {status}") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise DanaValueError(
            f"knowledge source '{address}' cannot be reached: {str(error) or type(error).__name__}",
            hint="check the address and the network, or save the page as a text file",
        ) from error


def _text_of(answer: httpx.Response, address: str, largest: int) -> str:
    if not answer.url.scheme == "https":
        raise DanaValueError(f"knowledge source '{address}' leads away from https, to {answer.url}")
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > largest:
            raise DanaValueError(f"knowledge source '{address}' is larger than {largest // 2**20} MiB")
    text = content.decode(answer.charset_encoding or "utf-8", "replace")
    return words_of(text) if "html" in answer.headers.get("content-type", "") else text


def words_of(html: str) -> str:
    """Return what a reader of a page sees, paragraphs apart.

    >>> words_of("<head><title>T</title></head><p>One <b>two</b></p><script>x()</script><p>three</p>")
    'One two\\n\\nthree'
    """
    reader = _Words()
    reader.feed(html)
    reader.close()
    paragraphs = "".join(reader.parts).split("\n\n")
    return "\n\n".join(words for words in (" ".join(part.split()) for part in paragraphs) if words)


class _Words(HTMLParser):
    """Collects the text of a page that stands where a reader sees it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        del attrs
        self._hidden += tag in UNSEEN
        if tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        self._hidden -= tag in UNSEEN and self._hidden > 0
        if tag in BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        """Keep text that is seen."""
        if not self._hidden:
            self.parts.append(data)
