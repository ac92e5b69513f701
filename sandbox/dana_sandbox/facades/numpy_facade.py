"""`numpy` for programs: its own random numbers per call, and indexing helpers that look up no names."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from dana_sandbox.facades.numpy_tables import NUMPY_EXPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_sandbox.facades.state import State

_CLASSES = frozenset("Generator MT19937 PCG64 PCG64DXSM Philox RandomState SFC64 SeedSequence default_rng".split())


class _Joiner:
    """`r_` and `c_`, without the text that names variables of the caller (`r_["a, b"]`)."""

    __slots__ = ("_real",)

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            raise TypeError("text is not available as an index here")
        return self._real[key]


def numpy_names(module: str) -> str:
    """Return the reviewed names of `module` that the installed numpy has.

    >>> "sqrt" in numpy_names("numpy").split(), "load" in numpy_names("numpy").split()
    (True, False)
    """
    real = importlib.import_module(module)
    return " ".join(name for name in NUMPY_EXPORTS[module].split() if hasattr(real, name))


def numpy_exports() -> Mapping[str, object]:
    """Return the exports of `numpy` that need a stand-in."""
    import numpy as np

    return {"r_": _Joiner(np.r_), "c_": _Joiner(np.c_)}


def numpy_random_exports(_state: State) -> Mapping[str, object]:
    """Return the functions of a generator that belongs to this call alone, seeded by the system."""
    import numpy as np

    generator: Any = np.random.RandomState()
    aliases = {"ranf": "random_sample", "sample": "random_sample"}
    names = set(numpy_names("numpy.random").split()) - _CLASSES
    return {name: getattr(generator, aliases.get(name, name)) for name in names}


def exercise() -> None:
    """Make numpy import what it imports late, while there still are files."""
    import numpy as np

    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    repr((table.mean(), table.std(), table.var(), table.any(), table.sum(), np.median(table), np.ptp(table)))
    repr(np.array([(1, 2.0)], dtype="i4,f8")[0])
    str(np.linalg.inv(table) @ np.fft.fft(table))
    np.percentile(table, 50)
    np.random.default_rng(1).normal()
    np.array(["2024-01-01"], dtype="datetime64[D]").astype(str)
    np.polyfit([1, 2, 3], [1, 2, 3], 1)
    np.einsum("ij,jk->ik", table, table, optimize=True)
    np.array2string(table, precision=2)
    table[0].tobytes().hex()
    with np.errstate(all="ignore"):
        table / 0
