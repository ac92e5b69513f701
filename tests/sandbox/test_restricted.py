"""Ordinary Python means in the sandbox what it means outside; what needs a guard gets one, at its place."""

import ast
from typing import Any

import pytest
from hypothesis import given, settings

from dana_sandbox import names
from dana_sandbox.restricted import Policy, compile_program
from tests.sandbox.benign import programs as benign_programs
from tests.sandbox.guarded import rules, run, value
from tests.sandbox.programs import programs


def plain(source: str) -> Any:
    """Return `result` of a program in plain Python."""
    space: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, "<plain>", "exec", dont_inherit=True), space)  # noqa: S102 - our own text
    return space["result"]


ORDINARY = {
    "augmented items": "d = {'a': [1]}\nd['a'] += [2]\nd['b'] = 1\nd['b'] <<= 3\nresult = d",
    "augmented attributes": """
class A:
    n = 1
a = A(); a.n += 4; A.n -= 1; a.n **= 2
result = (a.n, A.n)
""",
    "augmented target is evaluated once": """
class A: n = 1
calls = []
def pick():
    calls.append(1)
    return a
a = A()
pick().n += 1
result = (a.n, calls)
""",
    "annotated": "x: int = 1\nclass A:\n    y: 'str' = 'a'\n    z: list[int]\nresult = (x, A.y)",
    "future annotations": """'''doc'''
from __future__ import annotations
def f(x: Nothing) -> Never: return x
result = (f(1), __doc__)
""",
    "nonlocal and global": """
n = 0
def outer():
    m = 1
    def inner():
        nonlocal m
        global n
        m += 1; n += m
    inner(); inner()
    return m
result = (outer(), n)
""",
    "private names": """
class Account:
    __slots__ = ('_balance', '__pin')
    def __init__(self, balance): self._balance = balance; self.__pin = 7
    def __eq__(self, other): return self._balance == other._balance and self.__pin == other.__pin
    def _grow(self): self._balance += 1; self.__pin *= 2; return self
    def both(self): return self._grow()._balance, self.__pin
_private = Account(1)
result = (_private.both(), _private == Account(2), Account(3) == Account(3), _private._Account__pin)
""",
    "mangling of attribute targets": """
class C:
    __n = 1
    def f(self):
        self.__a, (self.__b, *self.__c) = 1, (2, 3, 4)
        for self.__d in [5]: pass
        with open_(6) as self.__e: pass
        del self.__a
        return self.__b, self.__c, self.__d, self.__e, C.__n, hasattr(self, '_C__a')
class open_:
    def __init__(self, v): self.v = v
    def __enter__(self): return self.v
    def __exit__(self, *a): return None
result = C().f()
""",
    "dunder methods": """
class V:
    def __init__(self, *x): self.x = x
    def __repr__(self): return f'V{self.x}'
    def __len__(self): return len(self.x)
    def __iter__(self): return iter(self.x)
    def __getitem__(self, i): return self.x[i]
    def __add__(self, o): return V(*(a + b for a, b in zip(self, o)))
    def __hash__(self): return hash(self.x)
    def __contains__(self, v): return v in self.x
    def __call__(self, n): return n * self.x[0]
    def __getattr__(self, name):
        if name == 'magic': return 42
        raise AttributeError(name)
    def __bool__(self): return False
v = V(1, 2)
result = [repr(v + V(3, 4)), len(v), list(v), v[1], 2 in v, v(5), v.magic, hasattr(v, 'nope'), bool(v), v.__len__()]
""",
    "super": """
class A:
    def __init__(self, x): self.x = x
    def _hidden(self): return 'A'
    def show(self): return f'A{self.x}'
class B(A):
    def __init__(self, x): super().__init__(x + 1)
    def _hidden(self): return super()._hidden() + 'B'
    def show(self): return super().show() + super(B, self).show()
result = (B(1).show(), B(1)._hidden())
""",
    "__class__ and __dict__ of own objects": """
class A:
    def __init__(self): self.x = 1
    def __repr__(self): return '{}({})'.format(self.__class__.__name__, self.__dict__)
    def twin(self): return self.__class__()
result = (repr(A()), A().twin().x, vars(A()), type(A()).__name__, A.__qualname__)
""",
    "frozen by hand": """
class P:
    def __init__(self, x): object.__setattr__(self, 'x', x)
    def __setattr__(self, name, value): raise AttributeError('frozen ' + name)
    def __delattr__(self, name): super().__delattr__(name)
p = P(3)
try: p.x = 4
except AttributeError as e: error = str(e)
x = p.x
del p.x
result = (x, error, hasattr(p, 'x'))
""",
    "logged by super().__setattr__": """
class L:
    log = []
    def __setattr__(self, name, value):
        self.log.append(name); super().__setattr__(name, value)
a = L(); a.b = 1; setattr(a, '_c', 2)
result = (a.b, a._c, L.log)
""",
    "decorators": """
import functools
def twice(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        inner.calls += 1
        return f(f(*args, **kwargs))
    inner.calls = 0
    return inner
@twice
def up(x):
    'doc'
    return x + 1
def named(cls):
    cls.label = cls.__name__.lower()
    cls._tag = 1
    return cls
@named
class Thing: pass
result = (up(1), up.__name__, up.__doc__, up.calls, Thing.label, Thing._tag)
""",
    "own wrapper takes the name": """
def deco(f):
    def w(*a): return f(*a)
    w.__name__ = f.__name__; w.__doc__ = f.__doc__
    return w
@deco
def g(x):
    'gee'
    return x
result = (g.__name__, g.__doc__, g(2))
""",
    "dataclasses": """
from dataclasses import dataclass, field, asdict, replace
@dataclass(order=True)
class P:
    x: int
    y: int = 2
    tags: list = field(default_factory=list)
    _secret: int = 0
    def grow(self):
        self._secret += 1
        return replace(self, x=self.x + 1)
@dataclass(frozen=True)
class F:
    a: int
    def __post_init__(self): object.__setattr__(self, 'b', self.a * 2)
try: F(1).a = 3
except AttributeError as e: frozen = type(e).__name__
result = (repr(P(1).grow()), P(1) < P(2), asdict(P(1)), F(2).b, frozen)
""",
    "dataclass with slots": """
from dataclasses import dataclass
@dataclass(slots=True)
class S:
    x: int
    _n: int = 0
    def go(self):
        self._n += 1
        return self._n + self.x
s = S(3); s.x = 4
result = (s.go(), s.go())
""",
    "enums": """
from enum import Enum, IntEnum, Flag, auto
class Planet(Enum):
    EARTH = (1, 2)
    MARS = (3, 4)
    def __init__(self, mass, radius): self.mass = mass; self._radius = radius
    @property
    def ratio(self): return self.mass / self._radius
class N(IntEnum):
    A = auto(); B = auto()
class C(Enum):
    LOW = 'low'
    @classmethod
    def _missing_(cls, value): return cls.LOW
class P(Flag):
    R = auto(); W = auto()
result = (Planet.EARTH.ratio, [p.name for p in Planet], N.B + 1, C('x') is C.LOW, (P.R | P.W).value, Planet['MARS'].mass,
          C.LOW._value_)
""",
    "named tuples": """
from collections import namedtuple
from typing import NamedTuple
P = namedtuple('P', 'x y', defaults=[9])
class Q(NamedTuple):
    a: int
    b: str = 'z'
    def up(self): return self._replace(a=self.a + 1)
try: P(1).x = 2
except AttributeError: stuck = True
result = (P(1)._asdict(), P._make([3, 4]), P._fields, Q(1).up(), P(1)._replace(x=7), stuck, Q._field_defaults)
""",
    "generators": """
def g():
    try:
        got = yield 1
        yield got * 2
        yield from (x for x in [8, 9])
        return 5
    finally:
        log.append('closed')
log = []
i = g(); first = next(i); second = i.send(21); rest = list(i)
def outer():
    r = yield from g()
    yield r
j = g(); next(j)
try: j.throw(ValueError('boo'))
except ValueError as e: thrown = e.args
k = g(); next(k); k.close()
result = (first, second, rest, [x for x in outer()][-1] if False else None, thrown, log)
""",
    "arguments": """
def f(a, /, b=2, *args, c, d=4, **kw): return a, b, args, c, d, kw
result = (f(1, c=3), f(*[1, 2, 3], **{'c': 4, 'e': 5}), (lambda *a, **k: (a, k))(1, *[2], x=3))
""",
    "try in all its forms": """
log = []
def f(n):
    try:
        log.append(10 // n)
        if n > 5: raise KeyError('k') from ValueError('v')
    except ZeroDivisionError: return 'zero'
    except (KeyError, TypeError) as e:
        log.append(str(e))
        return 'key'
    else: return 'else'
    finally: log.append('f')
result = (f(0), f(6), f(2), log)
""",
    "with": """
from contextlib import contextmanager
class M:
    def __enter__(self): return (1, [2, 3])
    def __exit__(self, kind, error, trace): return kind is ValueError
@contextmanager
def c(x):
    yield x + 1
with M() as (a, [b, *rest]), c(a) as d:
    raise ValueError
result = (a, b, rest, d)
""",
    "walrus and scopes of comprehensions": """
x = 'outer'
found = [y := n * 2 for x in range(3) for n in [x] if (z := x) >= 0]
class A:
    k = [1, 2]
    doubled = [v * 2 for v in k]
fs = [lambda: i for i in range(3)]
result = (x, found, y, z, A.doubled, [f() for f in fs], {k: v for k, v in zip('ab', (1, 2))}, {c for c in 'aab'})
""",
    "f-strings": 'w = 7\nx = 3.14159\nresult = f\'{x:>{w}.2f}|{x!r:10}|{w=}|{{}}|{"a" if w else "b"}|{"%d" % w:0>4}\'',
    "loops with else": """
out = []
for i in range(3):
    if i == 5: break
else: out.append('no break')
n = 3
while n:
    n -= 1
    if n == 1: continue
else: out.append(n)
a = b = c = 1
a, b = b, a
(first, *mid), last = 'abc', 1
result = (out, first, mid, last, a)
""",
    "match": """
from dataclasses import dataclass
from enum import Enum
class Kind(Enum):
    A = 1
@dataclass
class P:
    x: int
    y: int
def f(v):
    match v:
        case 0 | 1: return 'small'
        case -1.5: return 'neg'
        case str() as s if len(s) > 2: return s
        case [P(x, y=0), *rest]: return (x, rest)
        case P(x=1, y=y): return ('one', y)
        case {'k': [a, _], **more}: return (a, more)
        case Kind.A: return 'kind'
        case (None, True): return 'const'
        case type(): return 'a type'
        case _: return 'other'
result = [f(v) for v in [0, -1.5, 'abc', [P(3, 0), 4], P(1, 2), {'k': [1, 2], 'z': 3}, Kind.A, (None, True), int, 2]]
""",
    "imports": """
import collections.abc
import collections.abc as c, math
from math import pi as p, floor
from collections import abc, OrderedDict
def f():
    import json as j
    from re import sub
    return j.dumps([sub('a', 'b', 'aa')])
class K:
    import math as m
    from math import ceil
    up = ceil(1.5)
def g():
    global text
    import textwrap as text
g()
result = (issubclass(list, collections.abc.Sequence), c.Mapping is abc.Mapping, floor(p), math.sqrt(4), f(), K.m.pi == p,
          K.up, text.dedent('  a'), collections.Counter('aab')['a'])
""",
    "type": """
class A: pass
def kinds(x: type, y: type[int] | None = None) -> 'type': return type(x)
result = (type(1) is int, isinstance(int, type), isinstance(1, type), type(A) is type, type(type) is type, type('') == str,
          type(A()) is A, issubclass(type, type), type.__name__, kinds(1.5).__name__, {int: 'i'}[type(3)],
          isinstance(1, (type, int)), type(None)() is None)
""",
    "builtins": """
result = [abs(-1), all([1]), any([]), ascii('é'), bin(5), bool(2), bytearray(b'a'), bytes(2), callable(len), chr(65), complex(1, 2),
    dict(a=1), divmod(7, 2), list(enumerate('ab')), list(filter(None, [0, 1])), float('1.5'), format(3.14159, '.2f'),
    frozenset([1]), getattr('abc', 'upper')(), hasattr([], 'append'), hash(1), hex(255), int('7'), isinstance(1, int),
    issubclass(bool, int), next(iter([1])), len('abc'), list(map(str, [1])), max(1, 2), min([3, 1]), oct(8), ord('a'),
    pow(2, 5, 7), list(range(3)), repr('a'), list(reversed([1, 2])), round(2.675, 2), set([1]), slice(1, 2), sorted('ba'),
    str(1), sum([1, 2]), tuple('ab'), list(zip([1], [2])), NotImplemented, Ellipsis, __name__, __debug__,
    format(12, '08b'), getattr(1, 'nope', 'default'), isinstance(ValueError(), Exception), id(1) == id(1)]
""",
    "getattr and its like on own objects": """
class A:
    x = 1
    _y = 2
a = A()
setattr(a, 'z', 3); setattr(a, '_w', 4); setattr(A, 'k', 5)
delattr(a, 'z')
result = (getattr(a, '_y'), getattr(a, '__class__').__name__, hasattr(a, 'z'), a._w, a.k, hasattr(a, '__len__'),
          hasattr([], '__iter__'), getattr(A, '_y'), getattr(a, 'format', None), hasattr('', 'format'))
""",
    "class decorator adds methods": """
def add_repr(cls):
    def show(self): return cls.__name__
    setattr(cls, '__repr__', show)
    return cls
@add_repr
class A: pass
result = repr(A())
""",
    "properties and descriptors": """
class T:
    def __init__(self): self._c = 1.0
    @property
    def c(self): return self._c
    @c.setter
    def c(self, v): self._c = float(v)
    @c.deleter
    def c(self): self._c = 0
    @staticmethod
    def s(x): return x
    @classmethod
    def make(cls, v):
        t = cls(); t.c = v
        return t
t = T.make(3); first = t.c; t.c += 1; second = t.c
del t.c
result = (first, second, t._c, T.s(1))
""",
    "function attributes": "def f(): f.n += 1; f._m = f.n; return f._m\nf.n = 1\nresult = (f(), f(), f.__name__)",
    "cache on functions": """
from functools import lru_cache, cache, partial, reduce
@lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
fib.hits = 3
result = (fib(30), fib.cache_info().hits > 0, partial(pow, 2)(5), reduce(lambda a, b: a + b, [1, 2]), fib.hits)
""",
    "exceptions of its own": """
class Bad(ValueError):
    def __init__(self, code, *args):
        super().__init__(code, *args)
        self.code = code
        self._why = 'x'
try: raise Bad(7, 'seven')
except ValueError as e:
    e.note = 'n'
    result = (e.code, e.args, str(e), e._why, e.__class__.__name__, e.note, isinstance(e, Bad))
try: int('x')
except Exception as e:
    result += (e.__class__.__name__, type(e).__name__)
try: raise ExceptionGroup('g', [ValueError(1), TypeError(2)])
except ExceptionGroup as g: result += (len(g.exceptions), str(g.split(ValueError)[0]))
e = RuntimeError('r'); e.code = 5
result += (e.code,)
""",
    "str and dict subclasses": """
class S(str):
    def shout(self): return self.upper() + '!'
class D(dict):
    def __missing__(self, k): return k * 2
    def __getattr__(self, n): return self[n]
class L(list):
    def __getitem__(self, i): return super().__getitem__(i % len(self))
result = (S('a').shout(), D(a=1)['b'], D(x=1).x, L([1, 2])[5], '{a}{b}'.format_map(D(a=1)), S('{}').format(1))
""",
    "generic classes and protocols": """
from typing import Generic, TypeVar, Protocol, Any, Optional, Callable, ClassVar, runtime_checkable
from abc import ABC, abstractmethod
T = TypeVar('T')
class Stack(Generic[T]):
    limit: ClassVar[int] = 3
    def __init__(self) -> None: self._items: list[T] = []
    def push(self, x: T) -> 'Stack[T]':
        self._items.append(x)
        return self
class Shape(ABC):
    @abstractmethod
    def area(self) -> float: ...
class Sq(Shape):
    def area(self): return 4.0
@runtime_checkable
class HasArea(Protocol):
    def area(self) -> float: ...
try: Shape()
except TypeError: abstract = True
result = (Stack[int]().push(1)._items, Sq().area(), isinstance(Sq(), HasArea), abstract, isinstance(Sq(), Shape))
""",
    "contexts of decimal and plain namespaces": """
from decimal import Decimal, getcontext
from types import SimpleNamespace
getcontext().prec = 6
n = SimpleNamespace(a=1); n.b = 2; n.a += 5
result = (str(Decimal(1) / 3), n.a, n.b, vars(n))
getcontext().prec = 28
""",
    "printed, obj and other RestrictedPython words": "printed = 1\nobj = [printed]\nx__roles__ = 2\nresult = (printed, obj, x__roles__)",
    "attributes named as doors": """
class A:
    def __init__(self): self.obj = 1; self.data = 2; self.base = 3; self.format = 'csv'
a = A()
a.obj += 1; a.data *= 2; a.format += '!'; a.base -= 1
result = (a.obj, a.data, a.base, a.format, getattr(a, 'obj'))
""",
    "own format methods": """
class F:
    def format(self, x): return f'<{x}>'
class S(str):
    def format(self, *a): return 'mine' + super().format(*a)
result = (F().format(1), S('{}').format(2), [f(3) for f in ['{}'.format, S('{}').format]], str.format('{0}', 1))
""",
    "del": "a = [1, 2, 3]; d = {'x': 1}\ndel a[0], d['x']\nb = 1\ndel b\nresult = (a, d, 'b' in vars_()) if False else (a, d)",
    "type of functions and generators": """
from types import FunctionType, GeneratorType
def f(): pass
result = (type(f) is type(lambda: 0), isinstance(f, FunctionType), isinstance((x for x in ()), GeneratorType))
""",
    "ternaries, chains and slices": "x = 5\nresult = (1 < x <= 5 != 6, x if x else 0, [1, 2, 3, 4][1:-1:2], 'abc'[::-1], x in {5}, not x)",
    "hash by None": "class A:\n    __hash__ = None\n    def __eq__(self, o): return True\ntry: hash(A())\nexcept TypeError: result = 1",
    "copying": """
import copy
class A:
    def __init__(self): self.x = [1]
    def __deepcopy__(self, memo): return A()
a = A()
result = (copy.copy(a).x is a.x, copy.deepcopy(a).x is a.x, copy.deepcopy({'a': [1]}))
""",
    "slots, iteration and sorting keys": """
class N:
    __slots__ = ('v', 'next')
    def __init__(self, v, next=None): self.v = v; self.next = next
    def __lt__(self, o): return self.v < o.v
    def __iter__(self):
        n = self
        while n is not None:
            yield n.v
            n = n.next
result = (list(N(1, N(2))), [n.v for n in sorted([N(2), N(1)])])
""",
}


@pytest.mark.parametrize("source", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_python_is_ordinary(source: str) -> None:
    """The same text gives the same value as in plain Python."""
    assert repr(value(source)) == repr(plain(source))


@given(benign_programs)
@settings(max_examples=150, deadline=None)
def test_benign_programs_compute_what_python_computes(source: str) -> None:
    """Whatever a harmless program computes, raised errors included, it computes here."""
    assert repr(value(source)) == repr(plain(source))


@given(programs)
@settings(max_examples=200, deadline=None)
def test_compiling_never_raises(source: str) -> None:
    """Any text gives either code or violations."""
    compiled = compile_program(source, rules())
    assert compiled.accepted is not bool(compiled.violations)


REFUSED = {
    "import os": "import",
    "import os.path as p": "import",
    "from math import nothing": "export",
    "from math import *": "import",
    "from . import x": "import",
    "import math\nfor math.pi in [3]: pass": "attribute",
    "import math\n[0 for math.pi in [3]]": "attribute",
    "import math\n(a, [*math.pi]) = 1, [2]": "attribute",
    "import math\nclass M:\n    def __enter__(self): return 1\n    def __exit__(self, *a): pass\nwith M() as math.pi: pass": (
        "attribute"
    ),
    "import math\nmath.pi += 1": "attribute",
    "import math\ndel math.pi": "attribute",
    "import math\nmath.pi: int = 3": "attribute",
    "int.x = 1": "attribute",
    "len.x = 1": "attribute",
    "'{}'.format += 1": "attribute",
    "class S(str): pass\nS().format += 1": "attribute",
    "x = [1]\nx.__len__ += 1": "node",
    "e = ValueError()\ne._x = 1": "attribute",
    "e = AttributeError()\ne.obj += 1": "attribute",
    "async def f(): pass": "node",
    "try: pass\nexcept* ValueError: pass": "node",
    "def f():\n    from __future__ import annotations": "syntax",
    "x = 1\nfrom __future__ import annotations": "syntax",
    "return 1": "syntax",
    "def f(a, a): pass": "syntax",
    "def f():\n    nonlocal x": "syntax",
    "x = ": "syntax",
    "match 1:\n    case a.b._c: pass": "attribute",
    "match 1:\n    case int(_c=1): pass": "attribute",
    "match 1:\n    case str(format=f): pass": "attribute",
    "type('X', (), {})": "builtin",
    "class A(type): pass": "class",
    "T = type(int)\nclass A(T): pass": "class",
    "class A(super): pass": "class",
    "class A(type[int]): pass": "class",
    "class A(type(list[int])): pass": "class",
    "k = {'metaclass': int}\nclass A(**k): pass": "class",
}


@pytest.mark.parametrize(("source", "rule"), REFUSED.items())
def test_what_is_refused(source: str, rule: str) -> None:
    """Before it runs or while it runs, with a rule and a line."""
    ran = run(source)
    assert [rule in ran.rules, all(refusal.line for refusal in ran.refusals)] == [True, True], ran


def test_a_plain_attribute_costs_nothing() -> None:
    """Only names that need a guard are compiled to one."""
    compiled = compile_program("def f(o):\n    return o.name.upper()[0], '{}'.format(o.x), o.y(*o.z)\n", rules())
    assert compiled.code is not None
    words = {name for code in (compiled.code, *_inner(compiled.code)) for name in code.co_names}
    assert words == {"f", "name", "upper", "format", "x", "y", "z"}


def _inner(code: Any) -> list[Any]:
    return [constant for constant in code.co_consts if isinstance(constant, type(code))]


def test_a_tree_can_be_given_instead_of_text() -> None:
    """A trusted translator hands over its tree; names that it vouches for pass."""
    tree = ast.parse("_scope_ = 1\nresult = _scope_")
    assert compile_program(tree, rules(trusted_names=frozenset({"_scope_"}))).accepted
    assert not compile_program(ast.parse("_scope_ = 1"), rules()).accepted


@pytest.mark.parametrize("depth", [50, 150, 3000, 100_000])
def test_deep_trees_are_judged_not_fatal(depth: int) -> None:
    """Neither our walk nor the compiler takes the process down."""
    compiled = compile_program("result = " + "-" * depth + "1", rules())
    assert compiled.accepted or {violation.rule for violation in compiled.violations} <= {"size", "syntax"}


def test_our_walk_needs_no_stack() -> None:
    """Far deeper than the check lets pass."""
    tree: ast.expr = ast.Name("x", ast.Load())
    for _ in range(20_000):
        tree = ast.Attribute(tree, "_x", ast.Load(), lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
    module = ast.Module([ast.Expr(tree)], [])
    assert Policy().visit(module) is module


def test_unknown_nodes_are_refused() -> None:
    """What neither our tables nor RestrictedPython know is refused, and so is what RestrictedPython lets pass."""

    class NewNode(ast.expr):
        pass

    for node in (
        NewNode(),
        ast.Interactive([]),
        ast.AsyncFor(ast.Name("x", ast.Store()), ast.Name("y", ast.Load()), [], []),
    ):
        policy = Policy()
        policy.visit(ast.Module([node], []))  # type: ignore[list-item] # no statement is meant
        assert len(policy.violations) == 1


def test_guards_cannot_be_spelled() -> None:
    """No source can name a guard, so none can be shadowed, called or handed on."""
    spelled = {
        names.OWN,
        names.SET,
        names.FORMAT,
        names.DOOR,
        names.METHOD,
        names.IMPORT,
        names.IMPORT_FROM,
        names.STATE,
    }
    assert not any(name.isidentifier() for name in spelled)


def test_traceback_lines_are_the_programs() -> None:
    """A guard stands at the place of the attribute it guards."""
    ran = run("class A: pass\n\n\nx = 1\nA()._missing\n")
    assert ran.error is not None
    assert ran.error.__traceback__ is not None
    assert ran.error.__traceback__.tb_next is not None
    assert ran.error.__traceback__.tb_next.tb_lineno == 5


def test_future_annotations_are_honoured() -> None:
    """They stay text, and nothing of the kind leaks from our own file."""
    source = "def f(x: nothing): pass\nresult = 1"
    assert isinstance(run(source).error, NameError)
    assert compile_program("from __future__ import annotations\n" + source, rules()).future_annotations
    assert value("from __future__ import annotations\n" + source) == 1
