"""What programs may import: exactly the reviewed names, read-only, and nothing that leads out of them."""

from __future__ import annotations

import copy
import importlib
import json
import math
import pickle
import sys
from types import BuiltinFunctionType, CodeType, FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_sandbox.facades import ALLOWED_AT_RUN_TIME, exports, load
from dana_sandbox.facades.facade import Facade, make_facade
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.run_state import Refused, RunState
from tests.sandbox.crawling import FORBIDDEN, crawl
from tests.sandbox.not_exported import NOT_EXPORTED

MODULES = sorted(DEFAULT_MODULES)


class TestTables:
    """The tables say what there is, on every Python."""

    @pytest.mark.parametrize("module", MODULES)
    def test_every_public_name_is_exported_or_left_out_for_a_reason(self, module: str) -> None:
        """A new Python cannot widen a facade, and a name it brings is noticed."""
        real = importlib.import_module(module)
        public = {name for name in dir(real) if not name.startswith("_") and f"{module}.{name}" not in sys.modules}
        left_out = {name for names in NOT_EXPORTED.get(module, {}).values() for name in names.split()}
        exported = exports(module) or frozenset()
        assert exported & left_out == set()
        assert public - exported - left_out == set()

    @pytest.mark.parametrize("module", MODULES)
    def test_a_facade_has_exactly_its_exports(self, module: str) -> None:
        """The static table, which the check believes, is the truth at run time."""
        facade = load(module, RunState())
        assert set(dir(facade)) == set(exports(module) or ())
        assert all(hasattr(facade, name) for name in exports(module) or ())

    def test_unknown_modules_have_no_exports(self) -> None:
        """`exports` says None, `load` raises."""
        assert exports("os") is None
        with pytest.raises(KeyError):
            load("os", RunState())


class TestReadOnly:
    """A facade is looked at, never changed."""

    @pytest.mark.parametrize("module", MODULES)
    def test_nothing_reaches_or_changes_what_a_facade_holds(self, module: str) -> None:
        """No assignment, no deletion, no dictionary, no copy, no pickle."""
        facade = load(module, RunState())
        name = min(exports(module) or ())
        before = getattr(facade, name)
        for attempt in (
            lambda: setattr(facade, name, 1),
            lambda: delattr(facade, name),
            lambda: setattr(facade, "new", 1),
            lambda: facade.__dict__,
            lambda: vars(facade),
            lambda: copy.copy(facade),
            lambda: copy.deepcopy(facade),
            lambda: pickle.dumps(facade),
            type(facade),
            lambda: type("Sub", (type(facade),), {}),
        ):
            with pytest.raises((AttributeError, TypeError)):
                attempt()
        assert getattr(facade, name) is before

    def test_a_facade_names_itself_and_what_is_missing(self) -> None:
        """`hasattr` answers False; the message names the module."""
        facade = load("json", RunState())
        assert repr(facade) == "<sandbox module 'json'>"
        assert not hasattr(facade, "codecs")
        assert not hasattr(facade, "__name__")
        with pytest.raises(AttributeError, match="module json" if sys.version_info < (3, 12) else "did you mean dump"):
            facade.dunps  # type: ignore[attr-defined] # noqa: B018 - there is none

    def test_equality_is_identity(self) -> None:
        """Two calls' facades of a module with a memory are two."""
        first, second = RunState(), RunState()
        assert load("json", first) is load("json", second)
        assert load("random", first) is load("random", first)
        assert load("random", first) != load("random", second)

    @given(st.dictionaries(st.from_regex("[a-z]{1,8}", fullmatch=True), st.integers(), max_size=40))
    def test_a_facade_holds_what_it_was_given(self, values: dict[str, int]) -> None:
        """For any names: all of them, and only them."""
        facade = make_facade("law", values)
        assert {name: getattr(facade, name) for name in dir(facade)} == values


class TestReach:
    """What a program can come to by attributes alone."""

    @pytest.mark.parametrize("module", MODULES)
    def test_no_chain_of_attributes_leads_out(self, module: str) -> None:
        """No module, frame, code, dictionary of builtins or function that reads attributes by name."""
        for place, value in crawl(load(module, RunState()), module):
            assert not isinstance(value, ModuleType | FrameType | CodeType), place
            assert id(value) not in FORBIDDEN, place
            if isinstance(value, dict):
                assert not any(isinstance(key, str) and key.startswith("__") for key in value), place

    @pytest.mark.parametrize("module", MODULES)
    def test_no_shared_export_can_be_changed_in_place(self, module: str) -> None:
        """A list or a dictionary of the library would keep what a program writes into it."""
        other = load(module, RunState())
        for name in exports(module) or ():
            value = getattr(load(module, RunState()), name)
            if isinstance(value, list | dict | set | bytearray):
                assert getattr(other, name) is not value, name

    def test_bound_methods_of_the_library_belong_to_no_shared_object(self) -> None:
        """`random.seed` and `calendar.setfirstweekday` speak to the call's own objects."""
        import calendar
        import random

        shared = (random._inst, calendar.c)
        for module in MODULES:
            for name in exports(module) or ():
                value = getattr(load(module, RunState()), name)
                if not isinstance(value, BuiltinFunctionType):
                    assert not any(getattr(value, "__self__", None) is one for one in shared), (module, name)


class TestCalls:
    """Modules with a memory start anew in each call."""

    def test_random_numbers_are_the_calls_own(self) -> None:
        """A seed is good for one call and changes nothing outside."""
        import random

        before = random.getstate()
        first: Any = load("random", RunState())
        second: Any = load("random", RunState())
        first.seed(1)
        values = [first.random() for _ in range(3)]
        second.seed(1)
        assert [second.random() for _ in range(3)] == values
        assert random.getstate() == before

    def test_decimal_starts_fresh(self) -> None:
        """The precision of an earlier call is forgotten, ready-made contexts are copies."""
        first: Any = load("decimal", RunState())
        first.getcontext().prec = 3
        first.DefaultContext.prec = 3
        second: Any = load("decimal", RunState())
        assert second.getcontext().prec == 28
        assert second.DefaultContext.prec == 28
        assert str(second.Decimal(1) / 3) == "0." + "3" * 28

    def test_csv_forgets_dialects(self) -> None:
        """The registry of dialects is the process's; each call starts with Python's own."""
        first: Any = load("csv", RunState())
        first.register_dialect("mine", delimiter=";")
        first.unregister_dialect("excel")
        first.field_size_limit(10)
        second: Any = load("csv", RunState())
        assert set(second.list_dialects()) == {"excel", "excel-tab", "unix"}
        assert second.field_size_limit() == 131_072

    def test_the_calendar_is_the_calls_own_and_prints_into_the_output(self) -> None:
        """`setfirstweekday` stays inside, `prmonth` is captured."""
        import calendar

        state = RunState()
        facade: Any = load("calendar", state)
        facade.setfirstweekday(6)
        facade.prmonth(2024, 1)
        facade.TextCalendar().prmonth(2024, 2)
        assert facade.firstweekday() == 6
        assert calendar.firstweekday() == 0
        assert "January 2024\nSu Mo" in state.output.text()
        assert "February 2024" in state.output.text()

    def test_sleep_ends_with_the_call(self) -> None:
        """A sleep of an hour is over soon after the deadline."""
        import time

        facade: Any = load("time", RunState(deadline=time.monotonic()))
        facade.sleep(3600)
        assert facade.tzname == ("UTC", "UTC")
        with pytest.raises(ValueError, match="non-negative"):
            facade.sleep(-1)

    def test_logging_writes_into_the_output(self) -> None:
        """Levels, names, percent formatting, the exception that is handled."""
        state = RunState()
        logging: Any = load("logging", state)
        log = logging.getLogger("a.b")
        log.info("unseen")
        log.warning("%s of %d", "three", 4)
        logging.basicConfig(level="INFO", format="{x.__class__}")
        log.info("%(k)s", {"k": "v"})
        log.info("100%")
        logging.disable(logging.WARNING)
        log.warning("unseen")
        try:
            raise ValueError("bad")
        except ValueError:
            log.exception("oh")
        assert (
            state.output.text() == "WARNING:a.b:three of 4\nINFO:a.b:v\nINFO:a.b:100%\nERROR:a.b:oh\nValueError: bad\n"
        )
        assert logging.getLogger("a.b") is log
        assert log.parent.name == "a"
        assert repr(log) == "<Logger a.b (INFO)>"

    def test_numbers_of_levels(self) -> None:
        """`setLevel` takes names and numbers and refuses the rest."""
        logging: Any = load("logging", RunState())
        log = logging.getLogger()
        log.setLevel("ERROR")
        assert not log.isEnabledFor(logging.WARNING)
        assert logging.getLevelName(15) == "Level 15"
        for wrong in ("LOUD", None):
            with pytest.raises((ValueError, TypeError)):
                log.setLevel(wrong)


class TestChangers:
    """Functions of the library that write into what they are given write into the program's things only."""

    @pytest.mark.parametrize("export", ["dataclasses.dataclass", "functools.total_ordering"])
    def test_classes_of_the_library_are_not_changed(self, export: str) -> None:
        """Else a program could give `json.JSONEncoder` other methods."""
        module, _, name = export.partition(".")
        change = getattr(load(module, RunState()), name)
        before = dict(vars(json.JSONEncoder))
        with pytest.raises(Refused, match="of this program"):
            change(json.JSONEncoder)
        assert dict(vars(json.JSONEncoder)) == before

    def test_wraps_changes_no_function_of_the_library(self) -> None:
        """Nor does it copy the raw dictionary of a class."""
        functools: Any = load("functools", RunState())
        with pytest.raises(Refused, match="of this program"):
            functools.wraps(len)(json.dumps)
        assert json.dumps.__name__ == "dumps"

    def test_dataclasses_take_plain_names_and_real_fields(self) -> None:
        """Names go into generated text: a field that lies about its name would be code."""
        import dataclasses

        state = RunState()
        dataclass = load("dataclasses", state).dataclass  # type: ignore[attr-defined] # an export

        class Liar(dataclasses.Field):  # type: ignore[type-arg] # final for type checkers only
            name = property(lambda _self: "x=print()", lambda _self, _value: None)

        options = (dataclasses.MISSING, dataclasses.MISSING, True, True, None, True, None, False)
        liar = Liar(*options)  # type: ignore[arg-type]
        odd = type("Odd", (), {"__annotations__": {"x=print()": int}})
        lying = type("Lying", (), {"__annotations__": {"x": int}, "x": liar})
        state.own |= {odd, lying}
        protocol = type("Shape", (), {"__annotations__": {"x": int}, "_is_protocol": True})
        frames = type("Frames", (), {"__annotations__": {"gi_frame": int}})
        state.own |= {protocol, frames}
        for made in (odd, lying, protocol, frames):
            with pytest.raises(Refused):
                dataclass(made)

    def test_dataclass_functions_ask_the_class_and_not_the_object(self) -> None:
        """An object's own `__dataclass_fields__` would let `replace` read any attribute."""
        state = RunState()
        dataclasses: Any = load("dataclasses", state)

        class Point:
            x: int
            y: int = 2

        state.own.add(Point)
        point = dataclasses.dataclass(Point)(1)
        point.__dict__["__dataclass_fields__"] = {"q": None}
        assert dataclasses.asdict(point) == {"x": 1, "y": 2}
        assert dataclasses.astuple(point) == (1, 2)
        assert dataclasses.replace(point, x=5).x == 5
        assert [field.name for field in dataclasses.fields(point)] == ["x", "y"]
        for function in (dataclasses.asdict, dataclasses.astuple, dataclasses.replace):
            with pytest.raises(TypeError):
                function(Point)

    def test_patterns_of_abstract_dataclasses_read_no_private_field(self) -> None:
        """`case Shape(x)` reads fields of whatever the class takes for an instance."""
        from abc import ABC

        state = RunState()
        dataclass = load("dataclasses", state).dataclass  # type: ignore[attr-defined] # an export

        class Shape(ABC):
            _secret: int

        class Plain:
            _secret: int

        class Unmatched(ABC):
            _secret: int

        state.own |= {Shape, Plain, Unmatched}
        assert dataclass(Unmatched, match_args=False)(1)._secret == 1
        assert dataclass(Shape).__match_args__ == ()
        assert dataclass(Plain).__match_args__ == ("_secret",)

    def test_slotted_dataclasses_are_the_programs_own(self) -> None:
        """`slots=True` makes a second class."""
        state = RunState()
        dataclasses: Any = load("dataclasses", state)

        class Row:
            name: str
            tags: list[str] = dataclasses.field(default_factory=list)

        state.own.add(Row)
        made = dataclasses.dataclass(slots=True, frozen=True)(Row)
        assert made in state.own
        assert dataclasses.asdict(made("a")) == {"name": "a", "tags": []}

    def test_types_that_make_functions_are_stand_ins(self) -> None:
        """They answer `isinstance` and nothing else."""
        types: Any = load("types", RunState())
        assert isinstance(lambda: 0, types.FunctionType)
        assert not isinstance(len, types.FunctionType)
        assert isinstance(load("json", RunState()), types.ModuleType)
        for wrong in (types.FunctionType, types.ModuleType):
            with pytest.raises(TypeError):
                wrong("x", {})
            with pytest.raises(TypeError):
                type("Sub", (wrong,), {})


def test_what_c_code_may_import_opens_nothing() -> None:
    """The names for C code are not modules that programs want."""
    assert (
        ALLOWED_AT_RUN_TIME & {"os", "sys", "subprocess", "socket", "ctypes", "builtins", "importlib", "io.open"}
        == set()
    )


def test_math_is_the_real_one() -> None:
    """Functions are handed out as they are: no wrapper slows a loop."""
    facade: Any = load("math", RunState())
    assert facade.sqrt is math.sqrt
    assert isinstance(facade, Facade)
