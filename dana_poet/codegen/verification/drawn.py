"""More inputs, drawn by Hypothesis where it is installed; it writes nothing that stays."""

from __future__ import annotations

import contextlib
import importlib.util
import tempfile
import warnings
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.cases import Case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dana_poet.codegen.verification.hints import Hint
    from dana_poet.codegen.verification.inputs import Slot


def drawn_cases(slots: Sequence[Slot], count: int, seed: int) -> list[Case]:
    """Return up to `count` cases for parameters that can be given by position; none without Hypothesis."""
    usable = [one for one in slots if one.kind in {"plain", "positional"}]
    if not count or not usable or importlib.util.find_spec("hypothesis") is None:
        return []
    import hypothesis
    from hypothesis import strategies

    found: list[Case] = []
    settings = hypothesis.settings(
        max_examples=count, database=None, deadline=None, phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip

    @hypothesis.seed(seed)
    @settings
    @hypothesis.given(strategies.tuples(*(_strategy(one.hint, strategies) for one in usable)))
    def collect(args: tuple[Any, ...]) -> None:
        found.append(Case(args))

    with _elsewhere(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        collect()
    return found[:count]


@contextlib.contextmanager
def _elsewhere() -> Iterator[None]:
    """Let Hypothesis keep its tables in a folder that is gone afterwards."""
    from hypothesis import configuration

    before = configuration.__dict__.get("__hypothesis_home_directory")
    with tempfile.TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)


def _strategy(hint: Hint, st: Any) -> Any:
    """Return the strategy for a hint; what is open is a number, a text or a list."""
    inner = _strategy(hint.parts[0], st) if hint.parts else st.one_of(st.integers(), st.text(max_size=8))
    match hint.kind:
        case "int":
            return st.integers()
        case "float":
            return st.floats()
        case "str":
            return st.text()
        case "bool":
            return st.booleans()
        case "bytes":
            return st.binary()
        case "None":
            return st.none()
        case "union":
            return st.one_of(*(_strategy(one, st) for one in hint.parts))
        case "literal":
            return st.sampled_from(hint.values)
        case "dict":
            key = _strategy(hint.parts[0], st) if hint.parts else st.text(max_size=5)
            value = _strategy(hint.parts[1], st) if len(hint.parts) == 2 else st.integers()
            return st.dictionaries(key, value, max_size=6)
        case "tuple" if hint.parts:
            return st.tuples(*(_strategy(one, st) for one in hint.parts))
        case "list" | "sequence" | "iterable":
            return st.lists(inner, max_size=20)
        case "tuple" | "sequence_tuple":
            return st.lists(inner, max_size=20).map(tuple)
        case "set" | "frozenset":
            return st.sets(st.integers() if not hint.parts else inner, max_size=10)
        case _:
            return st.one_of(st.integers(), st.text(max_size=10), st.none(), st.lists(st.integers(), max_size=6))
