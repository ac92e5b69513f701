"""What goes to a language model and what comes back: frozen values that every implementation shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dana_poet.errors import DanaValueError

Role: TypeAlias = Literal["system", "user", "assistant"]
ROLES: tuple[Role, ...] = ("system", "user", "assistant")


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation. DanaValueError when the role is none of system, user, assistant."""

    role: Role
    content: str

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise DanaValueError(f"a message has the role {self.role!r}", hint=f"roles are {', '.join(ROLES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model. DanaValueError without messages.

    `model`, `temperature`, `max_tokens` (of the answer), `timeout_seconds` (for all attempts together), `retries`
    (after faults that pass) and `seed` stand over the client's own settings; left out, those or the server's defaults
    hold. `schema` is the JSON schema that the answer has to fit; a client does with it what its server can, and the
    caller checks the answer in any case.

    >>> Request(messages=(Message("user", "Hello"),)).prompt
    'Hello'
    """

    messages: tuple[Message, ...]
    model: str = ""
    temperature: float | None = None
    max_tokens: int | None = None
    timeout_seconds: float | None = None
    retries: int | None = None
    seed: int | None = None
    schema: Mapping[str, object] | None = field(default=None, hash=False)
    schema_name: str = "answer"

    def __post_init__(self) -> None:
        if not self.messages:
            raise DanaValueError("a request to a model needs at least one message")

    @property
    def prompt(self) -> str:
        """The last thing the user said, or the empty text."""
        return next((message.content for message in reversed(self.messages) if message.role == "user"), "")


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens went in and came out, as the server counts them; 0 where it does not say.

    >>> Usage(10, 2) + Usage(5, 1)
    Usage(input_tokens=15, output_tokens=3)
    """

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model answered. `seconds` is wall time over all `attempts`, waiting included.

    `finish` is why the model stopped, in the words of its server: "length" means that the text is cut at `max_tokens`.
    """

    text: str
    model: str = ""
    usage: Usage = Usage()
    seconds: float = 0.0
    attempts: int = 1
    finish: str = "stop"
