"""Every store passes the same checks, which third parties can run on theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dana_poet.events.conformance import CHECKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.events import EventStore


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_every_store_passes(
    check: Callable[[Callable[..., EventStore]], None], place: Callable[..., EventStore]
) -> None:
    """One contract, three places."""
    check(place)
