"""What programs may import: exactly the reviewed names, read-only, and nothing that leads out of them."""

from __future__ import annotations

import copy
import importlib
import json
import math
import pickle
import subprocess
import sys
from types import BuiltinFunctionType, CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dana_sandbox.facades import ALLOWED_AT_RUN_TIME, exports, load
from dana_sandbox.facades.facade import Facade, make_facade
from dana_sandbox.names import ARRAY_DOORS, GUARDED_ATTRIBUTES, INTERPRETER_ATTRIBUTES
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.run_state import Refused, RunState
from tests.sandbox.not_exported import NOT_EXPORTED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MODULES = sorted(DEFAULT_MODULES)


def in_process(program: str) -> str:
    """Run `program` in an interpreter of its own, where the library may be changed; return what it printed."""
    start = "import sys\nfrom dana_sandbox.facades import *\nfrom dana_sandbox.run_state import RunState\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


class TestTables:
    """The tables say what there is, on every Python."""

    @pytest.mark.parametrize("module", MODULES)
    def test_every_public_name_is_exported_or_left_out_for_a_reason(self, module: str) -> None:
        """A new Python cannot widen a facade, and a name it brings is noticed."""
        real = importlib.import_module(module)
        public = {name for name in dir(real) if not name.startswith("_")}
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


HIDDEN = INTERPRETER_ATTRIBUTES | GUARDED_ATTRIBUTES | {"format", "format_map"}
# What must never be found, at any depth.
FORBIDDEN = {
    id(value)
    for value in (eval, exec, open, compile, __import__, getattr, setattr, delattr, globals, locals, vars, input)
}


def legal_names(value: object) -> Iterator[str]:
    """Yield the attributes of `value` that a program can spell."""
    for name in dir(value):
        if not name.startswith("_") and name not in HIDDEN:
            yield name


def crawl(root: object, path: str, hidden: frozenset[str] = frozenset()) -> Iterator[tuple[str, object]]:
    """Yield everything that can be reached from `root` by legal names and from containers, breadth first."""
    queue: list[tuple[str, Any]] = [(path, root)]
    seen: dict[int, object] = {}
    while queue:
        place, value = queue.pop(0)
        if id(value) in seen or isinstance(value, int | float | str | bytes | complex):
            continue
        seen[id(value)] = value
        yield place, value
        for name in legal_names(value):
            if name in hidden:
                continue
            try:
                found = getattr(value, name)
            except Exception:  # noqa: BLE001, S112 - whatever a library property raises
                continue
            if place.count(".") < 8:
                queue.append((f"{place}.{name}", found))
        if isinstance(value, list | tuple | set | frozenset):
            queue.extend((f"{place}[]", item) for item in value)
        if isinstance(value, dict):
            queue.extend((f"{place}[]", item) for pair in value.items() for item in pair)


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


CLOSED = """
import collections, copy, enum, functools, json, dataclasses
preload(["copy", "collections", "enum", "functools"])
class A:
    __slots__ = ("default",)
    flip = False
    def __new__(cls):
        return json.JSONEncoder if cls.flip else object.__new__(cls)
class U(collections.UserDict):
    flip = False
    def __new__(cls, *a):
        return json.dumps if cls.flip else super().__new__(cls)
a, u = A(), U()
a.default, A.flip, U.flip = "written", True, True
before = json.JSONEncoder.default
def refused(do):
    try:
        do()
    except (TypeError, ValueError):
        return True
    return False
assert refused(lambda: copy.copy(a)) and refused(lambda: copy.deepcopy(a))
assert refused(lambda: copy.copy(u)) and refused(u.copy)
assert json.JSONEncoder.default is before
for names in ({"__getattribute__": 1}, [("__reduce__", 1)], "_x", ["mro()"]):
    assert refused(lambda: enum.Enum("E", names)), names
assert not hasattr(functools.lru_cache(enum.Enum), "value")
from dana_sandbox.guards import namespace
program = namespace(RunState(), {"E": enum.IntEnum}, name="program")
exec("def convert(): return E._convert_('X', 'os', lambda name: name == 'F_OK')", program)
assert refused(program["convert"])
assert enum.IntEnum._convert_("X", "os", lambda name: name == "F_OK").F_OK == 0
assert [m.name for m in enum.Enum("E", "a, b")] == ["a", "b"]
assert enum.Enum("E", {"a": 5}).a.value == 5
assert functools.wraps(refused)(lambda: 0).__name__ == "refused"
class P:
    def __init__(self): self.x = [1]
p = copy.deepcopy(P()); assert p.x == [1] and type(p) is P
assert copy.copy(collections.UserDict(a=1)) == {"a": 1}
assert copy.deepcopy({"a": [collections.deque([1]), collections.Counter("aa"), {2}]})["a"][1] == {"a": 2}
preload(["copy"])
assert copy.copy(P()).x == [1]
"""


def test_doors_of_the_library_are_closed_where_they_are_defined() -> None:
    """Copying, wrapping and making enums by call write to nothing that the program did not make."""
    in_process(CLOSED)


CONFINED = """
import sys, os, builtins
modules = {modules!r}
preload(modules)
files = []
def refuse(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and not files.append(arguments[0]):
        raise PermissionError("no files here")
sys.addaudithook(refuse)
state = RunState()
asked = set()
def for_c(name, *rest):
    asked.add(name)
    return builtins.__import__(name, *rest)
names = {{m.replace(".", "_"): load(m, state) for m in modules}}
names["__builtins__"] = dict(vars(builtins), __import__=for_c)
names["__name__"] = "__main__"
exec({program!r}, names)
late = [name for name in files if not str(name).startswith("<")]
assert not late, late
assert asked <= ALLOWED_AT_RUN_TIME, asked - ALLOWED_AT_RUN_TIME
"""
LATE_IMPORTS = r"""
D = decimal.Decimal
datetime.datetime.strptime("2024-01-02", "%Y-%m-%d").strftime("%c")
datetime.datetime.now().astimezone()
time.strptime("2024", "%Y"), time.strftime("%c"), time.ctime()
re.sub("(a)", r"\1", "a"), re.compile("a").sub("b", "a")
format(D("1.5"), "z.2f"), format(D("1.5"), "n"), D(2).sqrt(), repr(decimal.getcontext())
10**30000 // 7**9000, str(10**4000), int("9" * 4000)
b"\\N{EM DASH}".decode("unicode_escape"), "é".encode("ascii", "namereplace")
for encoding in "utf-8 utf-16 utf-32 latin-1 ascii cp1252 cp437 iso8859-15 idna punycode unicode_escape utf-7".split():
    "a".encode(encoding).decode(encoding)
copy.deepcopy([uuid.uuid4(), fractions.Fraction(1, 2), D(1), datetime.datetime.now(), re.compile("a"), {1}, range(2)])
collections.Counter("aab").most_common(1), collections.namedtuple("P", "x y")(1, 2)
list[typing.TypeVar("T")][int], typing.TypeVar("T") | int, typing.Optional["int"], typing.NamedTuple("A", [("a", int)])
uuid.uuid3(uuid.NAMESPACE_DNS, "a"), uuid.uuid5(uuid.NAMESPACE_DNS, "a")
for kind in hashlib.algorithms_guaranteed:
    hashlib.new(kind, b"x")
hashlib.pbkdf2_hmac("sha256", b"a", b"b", 1), hashlib.scrypt(b"a", salt=b"b", n=2, r=1, p=1), hashlib.blake2b(b"x", key=b"k")
random.sample(range(9), 3), random.Random("a").random(), random.shuffle([1, 2])
statistics.NormalDist(0, 1).samples(2, seed=1), statistics.linear_regression([1, 2], [3, 4]), statistics.median([D(1)])
fractions.Fraction.from_decimal(D("1.5")), json.dumps({"a": [1.5]}, indent=2), json.loads("[1e5]", parse_float=D)
csv.Sniffer().sniff("a;b\n1;2\n"), list(csv.DictReader(io.StringIO("a,b\n1,2")))
calendar.HTMLCalendar().formatyearpage(2024), calendar.month(2024, 1)
difflib.HtmlDiff().make_file(["a"], ["b"]), textwrap.wrap("a " * 50), string.Template("$a").substitute(a=1)
html.unescape("&eacute;"), base64.b85encode(b"a"), unicodedata.name("a")
enum.Flag("F", "a b").a, functools.lru_cache(len)("a"), heapq.nlargest(1, [1, 2])
io.BytesIO(b"abcd").getbuffer().cast("h") == io.BytesIO(b"abcd").getbuffer().cast("i")
@dataclasses.dataclass
class Row:
    x: int = 0
@typing.runtime_checkable
class P(typing.Protocol):
    x: int
isinstance(Row(), P)
"""


def test_nothing_needs_a_file_after_preload() -> None:
    """Every late import of the library has happened; C code asks only for modules that it may have."""
    program = LATE_IMPORTS.replace("@dataclasses.dataclass\n", "").replace("    x: int = 0\n", "    x = 0\n")
    in_process(CONFINED.format(modules=MODULES, program=program))


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
        attempts: tuple[Callable[[], Any], ...] = (
            lambda: arrays.ndarray((1,), dtype=object, buffer=bytearray(8)),
            lambda: arrays.frombuffer(objects, dtype="u8"),
            lambda: arrays.frombuffer(memoryview(objects), dtype="u8"),
            lambda: arrays.frombuffer(bytes(8), dtype=object),
            lambda: io.BytesIO(bytes(8)).readinto(objects),
            lambda: arrays.zeros(1, dtype="u8").view("O"),
            lambda: arrays.r_["__builtins__"],
            lambda: arrays.c_["r", objects],
        )
        for attempt in attempts:
            with pytest.raises((TypeError, ValueError)):
                attempt()

    def test_attributes_that_name_memory_are_sealed(self, arrays: Any) -> None:
        """Numpy reads from the address in `__array_interface__`, wherever the object keeps it."""
        from dana_sandbox.facades.numpy_facade import seal_class

        address = {"data": (1, False), "shape": (1,), "typestr": "<u8", "version": 3}

        class Kept:
            pass

        class Made:
            def __getattr__(self, name: str) -> object:
                return address

        for kind in (Kept, Made):
            seal_class(kind)
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
