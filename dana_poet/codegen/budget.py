"""What model-written versions may cost: tokens, money and calls, held before each call and reported after it.

A call is paid for in advance with the most that it can cost, and gets back what it did not use. Tokens of a prompt are
counted as its UTF-8 bytes, because no byte-level tokenizer makes more; prices come from the user, none is built in.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.budget_ledger import DIGITS, FileLedger, Ledger, Spent
from dana_poet.codegen.generator import GenerationError, Usage
from dana_poet.errors import PoetOptionError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from dana_poet.llm.request import Message, Reply

__all__ = ["Budget", "Reservation", "Spent", "prompt_bound"]

# What servers add around each message: role, separators, the start of the answer.
MESSAGE_TOKENS = 16
# An answer shorter than this holds no function.
LEAST_TOKENS = 64
PER_PRICE = 1_000_000
_OPTIONS = ("tokens", "usd", "calls", "price_in", "price_out", "bytes_per_token")


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one call may use: at most `max_tokens` of answer, `prompt_tokens` counted for the question."""

    prompt_tokens: int
    max_tokens: int
    usd: float = 0.0


class Budget:
    """Limits on tokens (in and out together), US dollars and calls; None is no limit. Safe between threads.

    `price_in` and `price_out` are dollars for a million tokens; a limit in dollars needs both, and without them cost is
    None. With `file` all processes that name it share one budget, and it goes on after a restart; without a limit there
    is nothing to hold, and nothing is written. `bytes_per_token`
    above 1 trusts a tokenizer to be denser than the bound. PoetOptionError for values that make no sense.

    >>> budget = Budget(tokens=1000)
    >>> budget.reserve([], 4096).max_tokens
    984
    """

    def __init__(
        self,
        *,
        tokens: int | None = None,
        usd: float | None = None,
        calls: int | None = None,
        price_in: float | None = None,
        price_out: float | None = None,
        bytes_per_token: float = 1.0,
        file: str | os.PathLike[str] | None = None,
    ) -> None:
        given = {"tokens": tokens, "usd": usd, "calls": calls, "price_in": price_in, "price_out": price_out}
        _check(given | {"bytes_per_token": bytes_per_token})
        self.tokens, self.usd, self.calls = tokens, usd, calls
        self.price_in, self.price_out, self.bytes_per_token = price_in, price_out, bytes_per_token
        limited = (tokens, usd, calls) != (None, None, None)
        self._ledger = FileLedger(file) if limited and file is not None else Ledger()

    @classmethod
    def from_option(cls, value: object, *, file: str | os.PathLike[str] | None = None) -> Budget:
        """Return the budget that `@poet(budget=...)` says; prices that it leaves out come from the settings.

        >>> Budget.from_option({"tokens": 20_000}).tokens
        20000
        """
        if isinstance(value, cls):
            return value
        if value is not None and not isinstance(value, Mapping):
            raise PoetOptionError(
                f"budget takes names for its limits, got {value!r:.80}", hint='for example budget={"tokens": 50_000}'
            )
        given: dict[str, Any] = {str(name): limit for name, limit in (value or {}).items()}
        _check_names(given)
        from dana_poet.settings import current_settings

        settings = current_settings().llm
        prices = {"price_in": settings.price_in, "price_out": settings.price_out}
        return cls(**{**prices, **given}, file=file)

    @property
    def spent(self) -> Spent:
        """What has been used so far, with what calls under way may use at most."""
        return self._ledger.read()

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """Return the price of so many tokens in US dollars, None where no price is known."""
        if self.price_in is None or self.price_out is None:
            return None
        return round((prompt_tokens * self.price_in + completion_tokens * self.price_out) / PER_PRICE, DIGITS)

    def reserve(self, messages: Iterable[Message], max_tokens: int) -> Reservation:
        """Set aside what a call may cost at most, its answer capped by what is left.

        GenerationError (reason "budget") when that is not enough for an answer; nothing is asked then.
        """
        prompt = prompt_bound(messages, self.bytes_per_token)
        made: list[Reservation] = []

        def take(spent: Spent) -> Spent:
            made[:] = [self._affordable(spent, prompt, max_tokens)]
            return spent.plus(prompt + made[0].max_tokens, made[0].usd, 1)

        self._ledger.change(take)
        return made[0]

    def settle(self, reservation: Reservation, reply: Reply | None, *, charged: bool = True) -> Usage:
        """Give back what a call did not use, and return what it used.

        Without a reply everything set aside counts as used, because the server may have worked; `charged` False says
        that it did not. What a reply does not count is taken as the bound.
        """
        tokens = (0, 0) if not charged else (reservation.prompt_tokens, reservation.max_tokens)
        if reply is not None:
            tokens = self._counted(reservation, reply)
        cost = self.cost(*tokens)
        over = sum(tokens) - reservation.prompt_tokens - reservation.max_tokens
        self._ledger.change(lambda spent: spent.plus(over, (cost or 0.0) - reservation.usd, 0))
        return Usage(*tokens, calls=1, seconds=0.0 if reply is None else reply.seconds, cost_usd=cost)

    def _counted(self, reservation: Reservation, reply: Reply) -> tuple[int, int]:
        wrote = min(reservation.max_tokens, max(1, len(reply.text.encode("utf-8", "replace"))))
        return reply.usage.input_tokens or reservation.prompt_tokens, reply.usage.output_tokens or wrote

    def _affordable(self, spent: Spent, prompt: int, wanted: int) -> Reservation:
        room: float = wanted
        if self.calls is not None and spent.calls >= self.calls:
            raise self._exhausted(spent, f"{self.calls} calls")
        if self.tokens is not None:
            room = min(room, self.tokens - spent.tokens - prompt)
        if self.usd is not None and self.price_in is not None and self.price_out is not None:
            left = self.usd - spent.usd - prompt * self.price_in / PER_PRICE
            room = min(room, left * PER_PRICE / self.price_out if self.price_out else math.copysign(math.inf, left))
        if room < min(wanted, LEAST_TOKENS):
            raise self._exhausted(spent, self._limits())
        most = math.floor(room)
        return Reservation(prompt, most, self.cost(prompt, most) or 0.0)

    def _limits(self) -> str:
        named = [f"{self.tokens:,} tokens" if self.tokens is not None else ""]
        named.append(f"${self.usd:g}" if self.usd is not None else "")
        return " and ".join(filter(None, named))

    def _exhausted(self, spent: Spent, limit: str) -> GenerationError:
        used = f"{spent.tokens:,} tokens" + (f" and ${spent.usd:.4f}" if self.usd is not None else "")
        return GenerationError(
            f"the budget of {limit} does not cover another call: {used} in {spent.calls} calls are used or set aside",
            reason="budget",
            hint="raise the budget, or ask for less with max_tokens",
        )


def prompt_bound(messages: Iterable[Message], bytes_per_token: float = 1.0) -> int:
    """Return the most tokens that a prompt can have: its UTF-8 bytes, and what servers add around each message.

    >>> from dana_poet.llm.request import Message
    >>> prompt_bound([Message("user", "Grüße")])
    39
    """
    found = list(messages)
    size = sum(len(message.content.encode("utf-8", "replace")) for message in found)
    return math.ceil(size / bytes_per_token) + MESSAGE_TOKENS * (len(found) + 1)


def _check_names(given: Mapping[str, object]) -> None:
    from difflib import get_close_matches

    for name in given:
        if name not in _OPTIONS:
            near = get_close_matches(name, _OPTIONS, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"a budget has {', '.join(_OPTIONS)}"
            raise PoetOptionError(f"a budget has no '{name}'", hint=hint)


def _check(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        whole = name in {"tokens", "calls"}
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
            raise PoetOptionError(f"budget '{name}' takes a {'whole ' * whole}number, got {value!r:.80}")
        if not 0 <= value < math.inf or (name == "bytes_per_token" and value < 1):
            raise PoetOptionError(f"budget '{name}' must be {'1' if name[0] == 'b' else '0'} or more, got {value!r}")
    if given["usd"] is not None and (given["price_in"] is None or given["price_out"] is None):
        raise PoetOptionError(
            "a budget in dollars needs prices",
            hint="give price_in and price_out in dollars for a million tokens, in the budget or under [llm]",
        )
