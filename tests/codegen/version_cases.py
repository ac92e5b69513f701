"""What the tests of versions share: originals, candidates, verifications, a store in a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.generator import Candidate
from dana_poet.codegen.original import Original

if TYPE_CHECKING:
    from pathlib import Path

    from dana_poet.codegen.versions import History, Version


@dataclass(frozen=True)
class Told:
    """A verification as the store sees it."""

    accepted: bool = True
    gates: tuple[dict[str, Any], ...] = field(default=({"name": "differential", "verdict": "passed"},))
    seconds: float = 0.01

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"accepted": self.accepted, "gates": list(self.gates), "seconds": self.seconds}


PASSED: Any = Told()
REFUSED: Any = Told(False, ({"name": "differential", "verdict": "failed", "counterexample": "score(0) gave None"},))


def original(body: str = "return n + 1", name: str = "score", **changes: Any) -> Original:
    """Return an original of module `shop`, as if read from a file that is there."""
    found = Original.of_source(f"def {name}(n):\n    {body}\n")
    return replace(found, **({"module": "shop", "file": __file__, "qualname": name} | changes))


def candidate(text: str = "n + 1", name: str = "score", **changes: Any) -> Candidate:
    """Return a candidate whose text differs with `text`."""
    about: dict[str, Any] = {"origin": "rules", "generator": "template"} | changes
    return Candidate(source=f"def {name}(n):\n    return {text}\n", **about)


def served(history: History, text: str) -> Version:
    """Store a candidate, verified, and make it active."""
    version = history.add(candidate(text), PASSED)
    return history.move(version, "active", "a test")


def files(folder: Path) -> set[str]:
    """Return the names in a folder but that of the lock."""
    return {path.name for path in folder.iterdir()} - {".versions-lock"}
