"""What programs with arrays may do: no file, no name of the caller's, no raw memory."""

from __future__ import annotations

from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from dana_sandbox.facades import load
from dana_sandbox.names import ARRAY_DOORS
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.run_state import RunState
from tests.sandbox.crawling import FORBIDDEN, crawl

if TYPE_CHECKING:
    from collections.abc import Callable


class TestNumpy:
    """`numpy` is opt-in, and its roads to files, names and raw memory are shut."""

    @pytest.fixture
    def arrays(self) -> Any:
        """Return the facade of a call that may use arrays."""
        pytest.importorskip("numpy", reason="numpy is not installed")
        return load("numpy", RunState(modules=DEFAULT_MODULES | {"numpy"}))

    def test_ordinary_use(self, arrays: Any) -> None:
        """Arrays, linear algebra, random numbers of the call."""
        table = arrays.array([[1.0, 2.0], [3.0, 4.0]])
        assert isinstance(table, arrays.ndarray)
        assert arrays.allclose(arrays.linalg.inv(table) @ table, arrays.eye(2))
        assert arrays.r_[1:3, 5].tolist() == [1, 2, 5]
        arrays.random.seed(1)
        first = arrays.random.rand(2).tolist()
        arrays.random.seed(1)
        assert arrays.random.rand(2).tolist() == first
        assert arrays.frombuffer(b"\1\0", dtype="u2").tolist() == [1]

    @pytest.mark.parametrize(
        "name",
        """load save savez savetxt loadtxt genfromtxt fromfile fromregex memmap bmat ctypeslib f2py testing lib core ma
        rec nditer nested_iters from_dlpack set_printoptions seterr seterrcall setbufsize show_config get_include
        matrix asmatrix recarray char""".split(),
    )
    def test_dangerous_names_are_missing(self, arrays: Any, name: str) -> None:
        """Files, evaluated text, raw memory, settings of the process."""
        assert not hasattr(arrays, name)

    def test_no_array_of_objects_is_made_from_numbers(self, arrays: Any) -> None:
        """A number that becomes a reference is a way to any object of the process."""
        objects = arrays.empty(1, dtype=object)
        io: Any = load("io", RunState(modules=DEFAULT_MODULES | {"numpy"}))
        struct: Any = load("struct", RunState(modules=DEFAULT_MODULES | {"numpy"}))
        attempts: tuple[Callable[[], Any], ...] = (
            lambda: arrays.ndarray((1,), dtype=object, buffer=bytearray(8)),
            lambda: arrays.frombuffer(objects, dtype="u8"),
            lambda: arrays.frombuffer(memoryview(objects), dtype="u8"),
            lambda: arrays.frombuffer(bytes(8), dtype=object),
            lambda: io.BytesIO(bytes(8)).readinto(objects),
            lambda: struct.pack_into("Q", objects, 0, 1),
            lambda: struct.Struct("Q").pack_into(objects, 0, 1),
            lambda: arrays.zeros(1, dtype="u8").view("O"),
            lambda: arrays.r_["__builtins__"],
            lambda: arrays.c_["r", objects],
        )
        for attempt in attempts:
            with pytest.raises((TypeError, ValueError)):
                attempt()

    def test_attributes_that_name_memory_are_sealed(self, arrays: Any) -> None:
        """Numpy reads from the address in `__array_interface__`, wherever the object keeps it."""
        from dana_sandbox.guards import seal_getattr
        from dana_sandbox.own_classes import without_address

        address = {"data": (1, False), "shape": (1,), "typestr": "<u8", "version": 3}

        class Kept(*without_address(())):  # type: ignore[misc] # as classes of programs are made beside numpy
            pass

        class Made(*without_address(())):  # type: ignore[misc] # and what the compiler puts before an own __getattr__
            @seal_getattr
            def __getattr__(self, name: str) -> object:
                return address

        kept = Kept()
        kept.__dict__["__array_interface__"] = address
        types: Any = load("types", RunState(modules=DEFAULT_MODULES | {"numpy"}))
        for value in (kept, Made(), types.SimpleNamespace(__array_interface__=address)):
            assert arrays.array([value], dtype=object)[0] is value
        made: Any = Made()
        assert made.other is address

    def test_no_chain_of_attributes_leads_out(self, arrays: Any) -> None:
        """As for the standard library; doors of arrays are guarded where programs run."""
        for place, value in crawl(arrays, "numpy", hidden=ARRAY_DOORS):
            assert not isinstance(value, ModuleType | FrameType | CodeType), place
            assert id(value) not in FORBIDDEN, place
