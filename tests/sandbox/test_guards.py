"""Programs that look for a way around the guards at run time, each with the trick it tries."""

from types import GenericAlias

import pytest

from dana_sandbox.guards import Flood, RunState, namespace
from dana_sandbox.policy import DEFAULT_MODULES
from tests.sandbox.guarded import run, value

# What the check cannot see, because the name is put together, or the object is not what it seems.
ATTACKS = {
    # names assembled at run time (CVE-2025-61423, CVE-2026-4963)
    "getattr": "getattr((), '__cl' + 'ass__')",
    "hasattr is no oracle": "hasattr((), '__cl' + 'ass__')",
    "hasattr swallowed": "try:\n    hasattr((), '_' * 2 + 'class' + '_' * 2)\nexcept BaseException: pass",
    "getattr with a default": "getattr(len, '_' + '_self__', None)",
    "getattr by reduce": "import functools\nfunctools.reduce(getattr, ['__ba' + 'se__'], int)",
    "getattr by map": "list(map(getattr, [1], ['__cla' + 'ss__']))",
    "getattr by partial": "from functools import partial\npartial(getattr, 1)('__cla' + 'ss__')",
    "getattr by sorted": "sorted(['__clas' + 's__'], key=lambda n: getattr(1, n))",
    "getattr with a lying name": """
class N(str):
    def startswith(self, *a): return False
    def __getitem__(self, i): return 'x'
    def __eq__(self, o): return False
    def __hash__(self): return hash('real')
getattr(1, N('__cla' + 'ss__'))
""",
    "frame": "getattr((x for x in ()), 'gi_' + 'frame')",
    "code": "getattr(lambda: 0, '__co' + 'de__')",
    "setattr on code": "def f(): pass\nsetattr(f, '__co' + 'de__', 1)",
    "setattr on a builtin class": "setattr(int, 'x', 1)",
    "setattr __class__": "class A: pass\nclass B: pass\nsetattr(A(), '__cla' + 'ss__', B)",
    "setattr __match_args__": "class A: pass\nsetattr(A, '__match' + '_args__', ('gi_frame',))",
    "setattr __getattribute__": "class A: pass\nsetattr(A, '__getattr' + 'ibute__', 1)",
    "delattr": "import math\ndelattr(math, 'pi')",
    "an import for types": "TYPE_CHECKING = True\nif TYPE_CHECKING:\n    import os",
    "annotations of the library": "import random\nrandom.Random.__annotations__",
    "members of the library": "import re\nre.RegexFlag.__members__",
    "module of a builtin": "getattr(len, '__mod' + 'ule__')",
    "a sunder of the library": "import enum\nclass E(enum.Enum): A = 1\ngetattr(E, '_member_' + 'map_')",
    "the class of another object": "x = 1\nx.__class__",
    "vars of a class": "class A: pass\nvars(A)['__annotations__']",
    "vars of a facade": "import math\nvars(math)",
    "__dict__ of an own class": "class A: pass\nA.__dict__",
    "__dict__ of a facade": "import random\nrandom.__dict__",
    "__class__ of a builtin": "'abc'.__class__",
    "__class__ of an own class": "class A: pass\nA.__class__",
    "private of a library object": "from fractions import Fraction\nFraction(1, 2)._numerator",
    "private of a library class": "import string\nstring.Template._invalid",
    # naming methods
    "object.__setattr__ on a class of the library": "import fractions\nobject.__setattr__(fractions.Fraction, 'x', 1)",
    "object.__setattr__ on a facade": "import math\nobject.__setattr__(math, 'pi', 3)",
    "math.__setattr__": "import math\nmath.__setattr__('pi', 3)",
    "naming method kept": "class A: pass\ns = A().__setattr__\ns('__cl' + 'ass__', int)",
    "naming method by partial": "from functools import partial\nimport math\npartial(object.__setattr__, math)('pi', 3)",
    "super().__setattr__ with a dunder": """
class A:
    def f(self): super().__setattr__('__cl' + 'ass__', int)
A().f()
""",
    "type.__setattr__": "class A: pass\ntype.__setattr__(A, '__mo' + 'dule__', 1)",
    "__delattr__": "import math\nobject.__delattr__(math, 'pi')",
    "__getattr__ of a typing alias": "import typing\ntyping.List[int].__getattr__('_' + 'x')",
    "alias passes __setattr__ on": "import math\ntype(list[int])(math, int).__setattr__('pi', 3)",
    # formatting (CVE-2023-41039, CVE-2024-47532, CVE-2026-0863)
    "format": "t = '{0.__class__}'\nt.format(1)",
    "format, nested": "t = '{0:{0.__class__}}'\nt.format(1)",
    "format, two levels": "t = '{0.real.__class__.__base__}'\nt.format(1)",
    "format, index then attribute": "t = '{0[0].__class__}'\nt.format([1])",
    "format, conversion": "t = '{0.__class__!r:>10}'\nt.format(1)",
    "format_map": "t = '{a.__class__}'\nt.format_map({'a': 1})",
    "str.format": "f = str.format\nf('{0.__class__}', 1)",
    "format by map": "list(map(str.format, ['{0.__class__}'], [1]))",
    "format by getattr": "getattr('{0.__class__}', 'for' + 'mat')(1)",
    "format of a subclass": "class S(str): pass\nS('{0.__class__}').format(1)",
    "format by super": "class S(str):\n    def f(self): return super().format(1)\nS('{0.__class__}').f()",
    "format kept in a class": "class S(str):\n    f = str.format\nS('{0.__class__}').f(1)",
    "format kept in an enum": "from enum import Enum\nclass E(str, Enum):\n    A = '{0.__class__}'\nE.A.format(1)",
    "format through an alias": "type(list[int])('{0.__class__}', int).format(1)",
    "format of a plain class through an alias": "type(list[int])(str, int).format('{0.__class__}', 1)",
    "format in a pattern": "match '':\n    case str(format=f): pass",
    "format, then obj": """
try:
    t = '{0.obj}'
    t.format(AttributeError('x', obj=1))
except AttributeError: pass
""",
    "format by dataclass fields": """
from dataclasses import dataclass, asdict, field
@dataclass
class S(str):
    format: object = field(init=False)
    text: int = 0
asdict(str.__new__(S, '{0.__class__}'))
""",
    "format by inherited dataclass fields": """
from dataclasses import dataclass, asdict, field
@dataclass
class F:
    format: object = field(init=False)
class S(F, str): pass
""",
    # AttributeError.obj (RestrictedPython 7.3)
    "obj": "try: (1).nope\nexcept AttributeError as e: e.obj",
    "obj by getattr": "try: (1).nope\nexcept AttributeError as e: getattr(e, 'o' + 'bj')",
    "obj of the class": "AttributeError.obj",
    "obj of an own subclass": "class E(AttributeError): pass\nE(obj=1).obj",
    "obj of an own subclass's class": "class E(AttributeError): pass\nE.obj",
    "obj by super": "class E(AttributeError):\n    def f(self): return super().obj\nE(obj=1).f()",
    "obj by an explicit super": "class E(AttributeError): pass\nsuper(E, E(obj=1)).obj",
    "obj through an alias": "type(list[int])(AttributeError('x', obj=1), int).obj",
    "obj of a memoryview": "import io\nio.BytesIO(b'a').getbuffer().obj",
    "obj by dataclass fields": """
from dataclasses import dataclass, field
@dataclass
class E(AttributeError):
    obj: object = field(init=False)
""",
    # classes
    "type with three arguments": "type('X', (), {})",
    "type by another name": "t = type(int)\nt('X', (), {})",
    "type by map": "list(map(type, ['X'], [()], [{}]))",
    "metaclass by base": "class M(type): pass",
    "metaclass by a metaclass found": "import abc\nclass M(type(abc.ABC)): pass",
    "metaclass by an alias": "class M(type[int]): pass",
    "proxy by super": "class P(super): pass",
    "proxy by a generic alias": "class P(type(list[int])): pass",
    "proxy by a typing alias": "import typing\nclass P(type(typing.List[int])): pass",
    "library abstract class": "from collections.abc import Sized\nSized.register(int)",
    "library abstract class by getattr": "from abc import ABC\ngetattr(ABC, 'regi' + 'ster')(int)",
    "a type found in typing": """
import typing
found = typing.get_origin(typing.Type[int])
found('X', (), {})
""",
    "refusal swallowed": "try:\n    getattr(1, '__cla' + 'ss__')\nexcept: pass\nresult = 1",
    "refusal swallowed by suppress": "from contextlib import suppress\nwith suppress(BaseException): getattr(1, '_x')",
    "refusal swallowed by finally": "def f():\n    try: getattr(1, '_x')\n    finally: return 1\nf()",
    # stores on what the program did not make
    "store on a library class": "from fractions import Fraction\nFraction.x = 1",
    "store on a library function": "import textwrap\ntextwrap.dedent.x = 1",
    "store on a builtin": "len.x = 1",
    "store on type": "type.x = 1",
    "store in a with": "import math\nfrom contextlib import nullcontext\nwith nullcontext(3) as math.pi: pass",
    "store in a loop": "import math\nfor math.pi in [3]: pass",
    "store in a comprehension": "import math\n[1 for math.pi in [3]]",
    "store in a star": "import math\na, *math.pi = 1, 2",
    "store by walrus's cousin": "import math\nmath.pi, a = 3, 4",
}


@pytest.mark.parametrize("source", ATTACKS.values(), ids=ATTACKS.keys())
def test_attacks_are_refused_and_remembered(source: str) -> None:
    """A refusal is kept, whatever the program does with the exception."""
    ran = run(source)
    assert ran.refusals, ran


# Tricks whose answer is an ordinary exception or an ordinary value, and nothing of the interpreter.
TAMED = {
    "virtual subclass with field names": """
from collections import namedtuple
from abc import ABC
class Q(namedtuple('P', ['gi_frame']), ABC): pass
g = (x for x in ())
Q.register(type(g))
result = 'safe'
match g:
    case Q(f): result = f
""",
    "virtual subclass with private fields": """
from dataclasses import dataclass
from abc import ABC
from fractions import Fraction
@dataclass
class Q(ABC):
    _numerator: int
Q.register(Fraction)
result = 'safe'
match Fraction(1, 2):
    case Q(f): result = f
""",
    "virtual subclass with a field format": """
from dataclasses import dataclass
from abc import ABC
@dataclass
class Export(ABC):
    format: str
Export.register(str)
result = 'safe'
match '{0.__class__}':
    case Export(f): result = f(1)
""",
    "reflected operator of an augmented attribute": """
class Evil:
    def __radd__(self, other): return other('{0.__class__}', 1)
class S(str): pass
s = S('{0.__class__}')
result = 'safe'
""",
    "deepcopy keeps what it copies": """
import copy
memo = {}
for f in (getattr, setattr, print, vars, 'x'.format, type):
    copy.deepcopy(f, memo)
result = 'safe' if not memo else memo
""",
    "metaclass by class statement of a lookalike's instance": "result = 'safe'\ntype(type(1))",
    "own __class__ cannot be spoofed by an item": """
class A: pass
a = A()
a.__dict__['__cla' + 'ss__'] = int
result = 'safe' if type(a) is A and isinstance(a, A) and not isinstance(a, int) else 'spoofed'
""",
    "descriptors of foreign classes do not apply": """
class Z:
    x = property(lambda self: 1)
result = 'safe' if Z().x == 1 else ''
""",
}


@pytest.mark.parametrize("source", TAMED.values(), ids=TAMED.keys())
def test_tricks_lead_nowhere(source: str) -> None:
    """Nothing is reached, whether it is refused or not."""
    ran = run(source)
    assert isinstance(ran.error, TypeError) or ran.refusals or ran.result == "safe", ran


ALLOWED = {
    "private and dunder names of own things": """
class A:
    _x = 1
    def __init__(self): self.__y = 2
result = (A._x, A()._x, A()._A__y, A().__class__ is A, A().__dict__, getattr(A(), '_x'), hasattr(A(), '_nope'))
""",
    "harmless names on anything": """
def f(): 'doc'
result = (int.__name__, len.__doc__ is not None, f.__qualname__, [].__len__(), (1).__add__(2), 'a'.__contains__('a'),
          hasattr([], '__iter__'), hasattr(1, '__len__'), getattr(int, '__name__'))
""",
    "hasattr": "result = (hasattr('', 'upper'), hasattr('', 'nope'), hasattr(1, 'real'), hasattr([], '__getitem__'))",
    "exceptions tell their class": "try: 1 / 0\nexcept Exception as e: result = e.__class__.__name__ + str(e)",
    "attributes on own functions": "def f(): pass\nf.n = f._m = 1\ndel f.n\nresult = (hasattr(f, 'n'), f._m)",
    "attributes on exceptions": "e = ValueError(1)\ne.code = 2\nresult = e.code",
    "attributes of immutable things are Python's own error": """
from collections import namedtuple
out = []
for thing in (1, 'a', (), [], namedtuple('P', 'x')(1)):
    try: thing.x = 2
    except AttributeError as error: out.append('AttributeError')
result = out
""",
    "delegating __getattr__": """
class Proxy:
    def __init__(self, inner): self._inner = inner
    def __getattr__(self, name): return getattr(self._inner, name)
result = (Proxy([1]).count(1), Proxy('{} {0}').format, hasattr(Proxy(1), 'nope')) and Proxy([1]).count(1)
""",
    "class with own naming methods": """
class D:
    def __init__(self): object.__setattr__(self, 'data', {})
    def __getattr__(self, n):
        try: return self.data[n]
        except KeyError: raise AttributeError(n) from None
    def __setattr__(self, n, v): self.data[n] = v
    def __delattr__(self, n): del self.data[n]
d = D(); d.x = 1; d._y = 2
del d.x
result = (d._y, hasattr(d, 'x'), d.__getattr__('_y'))
""",
    "type": "result = [type(x).__name__ for x in (1, 'a', None, int, len, ValueError())]",
}


@pytest.mark.parametrize("source", ALLOWED.values(), ids=ALLOWED.keys())
def test_ordinary_use_of_names_is_not_refused(source: str) -> None:
    """The guards tell the program's own from the rest."""
    assert value(source) is not None


def test_refusals_stick() -> None:
    """A program that swallows a refusal runs on, but its run is refused, with the line."""
    ran = run("\n\ntry:\n    getattr(1, '_x')\nexcept BaseException:\n    pass\nresult = 'went on'")
    assert ran.result == "went on"
    assert [(refusal.line, refusal.rule) for refusal in ran.refusals] == [(4, "attribute")]


def test_refusals_are_counted_up_to_a_hundred() -> None:
    """A loop of refusals does not fill the memory."""
    ran = run("for i in range(500):\n    try: getattr(1, '_x')\n    except BaseException: pass")
    assert len(ran.refusals) == 100


def test_print_is_captured() -> None:
    """Print writes into the run's own output; a file of the program's gets what it is given."""
    ran = run("""
import io
class W:
    def __init__(self): self.got = []
    def write(self, text): self.got.append(text)
buffer, w = io.StringIO(), W()
print('a', 1, sep='-', end='!')
print('b', file=buffer)
print('c', file=w, flush=False)
print()
result = (buffer.getvalue(), w.got)
""")
    assert (ran.output, ran.result) == ("a-1!\n", ("b\n", ["c", "\n"]))


@pytest.mark.parametrize("text", ["x" * 11, "é" * 6, "\ud800" * 4])
def test_output_has_an_end(text: str) -> None:
    """The limit counts bytes; once passed it stays passed."""
    state = RunState(output_bytes=10)
    space = namespace(state, {"text": text}, name="__main__")
    for _ in range(2):
        with pytest.raises(Flood):
            exec("print(text)", space)  # noqa: S102 - our own text
    with pytest.raises(Flood):
        exec("print()", space)  # noqa: S102
    assert state.output.flooded
    assert state.output.text() == ""


@pytest.mark.parametrize("name", ["__builtins__", "__name__", "_getattr_", "a b", "<own>", "", "1"])
def test_namespace_takes_no_name_that_reaches_the_guards(name: str) -> None:
    """The host's own mistake is an error of the host."""
    with pytest.raises(ValueError, match="cannot be a name"):
        namespace(RunState(), {name: 1}, name="__main__")


@pytest.mark.parametrize("proxy", [GenericAlias, super, type(list[int] | None), type])
def test_what_answers_for_others_is_never_own(proxy: type) -> None:
    """However a class came to have such a base: its instances would show another object's private names."""
    ran = run("class B: _x = 1\nresult = B")
    state = RunState()
    state.own.add(ran.result)
    try:
        made = type("E", (proxy, ran.result), {})
    except TypeError:
        return  # Python itself takes no such base
    assert not state.is_own_class(made)


WITH_NUMPY = DEFAULT_MODULES | {"numpy"}
ADDRESS = "{'data': (64, False), 'shape': (1,), 'typestr': '<i1', 'version': 3}"


@pytest.mark.parametrize(
    "body",
    [
        f"a = A()\na.__dict__['__array_' + 'interface__'] = {ADDRESS}",
        f"class B(A):\n    def __getattr__(self, name): return {ADDRESS}\na = B()",
        f"a = A(); vars(a)['__array_' + 'interface__'] = {ADDRESS}",
        f"""
from enum import Enum
out = []
class E(Enum):
    X = 1
    def __init__(self, _):
        self.__dict__['__array_' + 'interface__'] = {ADDRESS}
        out.append(np.array(self).dtype)
    def __getattr__(self, name): return {ADDRESS}
a = E.X
""",
    ],
)
def test_no_object_names_an_address_to_numpy(body: str) -> None:
    """Numpy would read memory there."""
    pytest.importorskip("numpy")
    result = value(f"import numpy as np\nclass A: pass\n{body}\nresult = str(np.array(a).dtype)", modules=WITH_NUMPY)
    assert result == "object"


@pytest.mark.parametrize("door", ["ctypes", "data", "base", "tofile('x')", "resize(1)", "dumps()"])
@pytest.mark.parametrize("array", ["a", "a[:1]", "np.float64(1)", "type(a)", "type(list[int])(a, int)"])
def test_doors_of_arrays_are_shut(door: str, array: str) -> None:
    """Through subclasses, super and aliases as well."""
    pytest.importorskip("numpy")
    ran = run(f"import numpy as np\na = np.arange(3)\n{array}.{door}", modules=WITH_NUMPY)
    assert ran.refusals or isinstance(ran.error, TypeError), ran


@pytest.mark.parametrize("base", ["np.int64", "type(np.arange(1))", "type(np.int8(1))", "np.generic", "Mine, np.int64"])
def test_numpy_classes_are_no_bases(base: str) -> None:
    """The memory of `class A(Mine, np.int64)` would be read as the address of an object."""
    pytest.importorskip("numpy")
    ran = run(f"import numpy as np\nclass Mine: pass\nclass A({base}): pass\nA(64).flat", modules=WITH_NUMPY)
    assert ran.rules == {"class"} or isinstance(ran.error, TypeError | AttributeError)


def test_numpy_leaves_ordinary_names_alone() -> None:
    """Doors of arrays are ordinary names elsewhere, and own classes work."""
    pytest.importorskip("numpy")
    source = """
import json, numpy as np
from enum import Enum, IntEnum
from typing import NamedTuple, TypedDict, Protocol, Generic, TypeVar
T = TypeVar('T')
class A:
    __slots__ = ('data', 'base')
    def __init__(self): self.data, self.base = 1, 2
    def __getattr__(self, name): return name
class B(A): pass
class C(list): pass
class E(IntEnum):
    X = 1
class N(NamedTuple):
    x: int
class D(TypedDict):
    x: int
class P(Protocol):
    def f(self): ...
class G(Generic[T]): pass
class X(ValueError): pass
b = B()
result = (json.dumps([1]), b.data, b.base, b.other, E.X + 1, N(1), D(x=1), len(C()), str(X('x')), np.arange(3).sum() + 0)
"""
    assert repr(value(source, modules=WITH_NUMPY)).startswith("('[1]', 1, 2, 'other', 2, N(x=1), {'x': 1}, 0, 'x',")


def test_runs_share_nothing() -> None:
    """Classes of one run are foreign in the next."""
    first, second = RunState(), RunState()
    namespace(first, {}, name="one")
    exec(compile("class A:\n    _x = 1", "<t>", "exec"), space := namespace(second, {}, name="two"))  # noqa: S102
    assert second.is_own_class(space["A"])
    assert not first.is_own_class(space["A"])
    assert first.builtins is not second.builtins


def test_builtins_cannot_be_missed() -> None:
    """What people miss elsewhere is here; what reaches out is not."""
    state = RunState()
    names = namespace(state, {}, name="__main__")["__builtins__"]
    assert not names.keys() & set("open eval exec compile globals locals input breakpoint exit quit help".split())
    assert not names.keys() & {"__loader__", "__spec__", "copyright", "license", "credits"}
    assert names.keys() >= set("sorted any max sum zip map filter print getattr type super object property".split())
    assert names.keys() >= {"BaseException", "KeyboardInterrupt", "ExceptionGroup", "StopIteration", "OSError"}
