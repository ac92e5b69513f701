"""What a domain knows about results that somebody judges: learning by replay asks it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Functions of a domain whose recorded calls can be made again with other parameters.

    - `alarm(result)` tells whether a result raises an alarm, None where it does not say.
    - `score(result)` is the number that an alarm compares with the parameter `limit` ("" for none): alarm above it.
    - `truth(event, alarm)` tells what feedback says there really was, None where it does not say.
    - `injected(arguments)` yields names and arguments of calls in which there surely is something to be found.
    - `rewritings(name, signature, answers)` yields other versions of a function, with `about` and `source`; `answers` is
      the name of the type that it returns.
    """

    alarm: Callable[[Any], bool | None]
    truth: Callable[[Any, bool], bool | None]
    score: Callable[[Any], float | None] | None = None
    limit: str = ""
    injected: Callable[[Mapping[str, Any]], Iterable[tuple[str, dict[str, Any]]]] | None = None
    rewritings: Callable[[str, str, str], Iterable[Any]] | None = None
