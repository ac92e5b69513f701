"""The rule-based enhancement as a stored version: added when it is new, and active where nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dana_poet.codegen.versions import QuarantinedError

if TYPE_CHECKING:
    from dana_poet.codegen.generator import Candidate
    from dana_poet.codegen.versions import History


def keep_rules(history: History, rules: Candidate | None) -> None:
    """Store the rule-based enhancement as a version, and make it the active one where none is. StateError if it cannot be."""
    stale = history.stale
    if rules is None or (stale is not None and (stale.origin != "rules" or stale.pinned)):
        return
    current = history.current()
    if current is not None and (
        current.origin != "rules"
        or current.pinned
        or current.generator != rules.generator  # written later, by rules that learn
        or current.source() == rules.source
    ):
        return
    try:
        version = history.add(rules, None)
        if version.state in ("draft", "retired"):
            version = history.move(version, "verified", "made by rules: it calls the original")
        if version.state != "active":
            history.move(version, "active", "made by rules: it calls the original")
    except QuarantinedError:
        return
