"""The process that serves programs: doors of the library closed, and nothing that needs a file later."""

from __future__ import annotations

import subprocess
import sys

from dana_sandbox.policy import DEFAULT_MODULES


def in_process(program: str) -> str:
    """Run `program` in an interpreter of its own, where the library may be changed; return what it printed."""
    start = "import sys\nfrom dana_sandbox.facades import *\nfrom dana_sandbox.run_state import RunState\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    in_process(CONFINED.format(modules=sorted(DEFAULT_MODULES), program=program))
