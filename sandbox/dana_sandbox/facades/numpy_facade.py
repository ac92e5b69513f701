"""`numpy` for programs: its own random numbers per call, and indexing helpers that look up no names."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NoReturn

from dana_sandbox.facades.numpy_tables import NUMPY_EXPORTS
from dana_sandbox.facades.stand_ins import stand_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dana_sandbox.facades.state import State

_CLASSES = frozenset("Generator MT19937 PCG64 PCG64DXSM Philox RandomState SFC64 SeedSequence default_rng".split())


class _Joiner:
    """`r_` and `c_`, without the texts that name variables of the caller or make matrices (`r_["a, b"]`)."""

    __slots__ = ("_real",)

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getitem__(self, key: Any) -> Any:
        if any(isinstance(part, str) for part in (key if isinstance(key, tuple) else (key,))):
            raise TypeError("text is not available as an index here")
        return self._real[key]

    def __deepcopy__(self, memo: object) -> _Joiner:
        """Return itself: a copier is shown all that it copies."""
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("this cannot be copied")


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

    def frombuffer(buffer: Any, dtype: Any = float, count: int = -1, offset: int = 0) -> Any:
        """Return an array over the bytes of `buffer`; an array of objects would show its addresses."""
        if type(buffer) not in {bytes, bytearray}:
            raise TypeError(f"frombuffer takes bytes here, got {type(buffer).__name__}")
        return np.frombuffer(buffer, dtype=dtype, count=count, offset=offset)

    # Called without arguments, the class of numpy's functions ends the process.
    stand_in("function", type(np.mean), module="numpy")
    return {
        "c_": _Joiner(np.c_),
        "frombuffer": frombuffer,
        # The real class makes an array of objects out of numbers: ndarray(1, dtype=object, buffer=address).
        "ndarray": stand_in("ndarray", np.ndarray, module="numpy"),
        "r_": _Joiner(np.r_),
    }


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
