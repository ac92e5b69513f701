"""The check of the tree: what a program may say, and what it is told to write instead."""

import sys

import pytest

from dana_sandbox.python_check import Rules
from tests.sandbox.checking import EXPORTS, RULES, broken, found

# Each form binds NAME; no other part of it is refused.
BINDING_FORMS = {
    "assign": "NAME = 1",
    "chain": "a = NAME = 1",
    "unpack": "a, (b, *NAME) = 1, (2, 3)",
    "augmented": "NAME += 1",
    "annotated": "NAME: int = 1",
    "annotation alone": "NAME: int",
    "for": "for NAME in []: pass",
    "with": "with a as NAME: pass",
    "with two": "with a as (b, NAME): pass",
    "except": "try: pass\nexcept Exception as NAME: pass",
    "import as": "import math as NAME",
    "submodule as": "import collections.abc as NAME",
    "from as": "from math import pi as NAME",
    "from module as": "from collections import abc as NAME",
    "walrus": "(NAME := 1)",
    "walrus in a comprehension": "[(NAME := x) for x in []]",
    "def": "def NAME(): pass",
    "class": "class NAME: pass",
    "argument": "def f(NAME): pass",
    "positional argument": "def f(NAME, /): pass",
    "keyword argument": "def f(*, NAME): pass",
    "rest": "def f(*NAME): pass",
    "keyword rest": "def f(**NAME): pass",
    "lambda": "lambda NAME: 1",
    "lambda positional": "lambda NAME, /: 1",
    "lambda keyword": "lambda *, NAME=1: 1",
    "lambda rest": "lambda *NAME, **k: 1",
    "method argument": "class A:\n    def f(self, NAME): pass",
    "lambda in a class": "class A:\n    f = lambda NAME: 1",
    "global": "def f():\n    global NAME",
    "nonlocal": "def f():\n    def g():\n        nonlocal NAME",
    "global in a class": "class A:\n    global NAME",
    "capture": "match 1:\n    case NAME: pass",
    "capture as": "match 1:\n    case 1 as NAME: pass",
    "star": "match []:\n    case [*NAME]: pass",
    "mapping rest": "match {}:\n    case {**NAME}: pass",
    "in a class pattern": "match 1:\n    case int(NAME): pass",
    "list comprehension": "[1 for NAME in []]",
    "set comprehension": "{1 for NAME in []}",
    "dict comprehension": "{1: 1 for NAME in []}",
    "generator": "(1 for a, NAME in [])",
    "del": "del NAME",
    "local": "def f():\n    NAME = 1",
}
FORBIDDEN_NAMES = ["__builtins__", "__import__", "__name__", "__class__", "__init__", "_getattr_", "_write_", "_x_"]


@pytest.mark.parametrize("form", BINDING_FORMS.values(), ids=BINDING_FORMS.keys())
def test_every_binding_form_looks_at_the_name(form: str) -> None:
    """One form that is forgotten is enough to replace what the program must not replace."""
    for name in FORBIDDEN_NAMES:
        assert broken(form.replace("NAME", name)) == ["name"], name
    for name in ("value", "_private", "__", "__hidden", "naïve", "os"):
        assert broken(form.replace("NAME", name)) == [], name


@pytest.mark.parametrize("form", BINDING_FORMS.values(), ids=BINDING_FORMS.keys())
def test_names_are_looked_at_as_python_reads_them(form: str) -> None:
    """Full-width and italic letters become plain ones in the parser."""
    assert broken(
        form.replace("NAME", "_\uff3f\U0001d62a\U0001d62e\U0001d631\U0001d630\U0001d633\U0001d635\uff3f_")
    ) == ["name"]


def test_a_binding_in_every_form_makes_a_builtin_the_programs_own() -> None:
    """`def open(...)` or a parameter `input` is nobody's business."""
    unbinding = {"global", "nonlocal", "global in a class"}
    for title, form in BINDING_FORMS.items():
        expected = ["builtin"] if title in unbinding else []
        assert broken(form.replace("NAME", "open") + "\nprint(open)") == expected, title


@pytest.mark.parametrize(
    "source",
    [
        *("__all__ = ['f']", "__version__ = '1'", "__author__ = 'x'", "__doc__ = 't'"),
        "if __name__ == '__main__': pass",
        "class A:\n    __slots__ = ('a', '_b', '__dict__')",
        "class A:\n    __slots__ = 'a'",
        "class A:\n    __slots__: tuple = ()",
        "class A:\n    __match_args__ = ('a', 'b')",
        "class A:\n    __hash__ = None",
        "class A:\n    def __init__(self): super().__init__()",
        "class A:\n    def __add__(self, o): return self\n    __radd__ = __add__",
        "class A:\n    def __getattr__(self, name): return name",
        "class A:\n    def f(self): return self.__x, self._y, self.__class__.__name__, self.__dict__",
        "from enum import Enum\nclass A(Enum):\n    _ignore_ = []\n    def _missing_(cls, v): return None",
        "class A:\n    def f(self): return self._value_",
        "def d(f):\n    def g(): return f()\n    g.__name__ = f.__name__\n    g.__doc__ = f.__doc__\n    return g",
        "class A:\n    if 1:\n        def __eq__(self, o): return True",
        "class A(dict, total=False): pass",
        "f(_x=1, __y=2)",
        "from __future__ import annotations",
        "import json as j\nj.dumps(j.__name__)",
        "import collections.abc\ncollections.abc.Iterable, collections.Counter",
        "from collections import abc\nabc.Iterable",
        "import json.decoder\njson.decoder.JSONDecodeError",
        "from json.decoder import JSONDecodeError",
        "import json\njson.decoder.JSONDecodeError",
        "def f(json): return json.codecs",
        "import json\njson = {}\njson.codecs",
        "try: pass\nexcept* ValueError: pass".replace("*", ""),
        "match p:\n    case Point(x=1, __name__='a') | Colour.RED | -1 | 1+2j | None: pass",
        "print('{0.name} {x[__a]} {:>{w}}'.format(a, x=b, w=3))",
        "getattr(x, 'name', None), hasattr(x, '__len__'), setattr(x, 'y', 1)",
        "x: list[int] = [1]\nx[0] += 1\nprint(f'{x!r:>{10}} {x=}')",
        "def f(a, b=1, *c, d, e=2, **g): yield from [a, *c]",
        "lambda: (yield)",
        "x = 0x" + "f" * 4000,
        "x = '" + "a" * 60_000 + "'",
        "x = " + "+".join(["1"] * 150),
        "a = 1\n" * 10_000,
    ],
)
def test_ordinary_python_passes(source: str) -> None:
    """What a model writes on an ordinary day."""
    assert found(source, Rules(modules=RULES.modules | {"enum"}, exports={**EXPORTS, "enum": {"Enum"}}.get)) == ()  # type: ignore[arg-type] # a set will do


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        ("node", "async def f(): pass"),
        ("node", "async def f():\n    await g()"),
        ("node", "[x async for x in y]"),
        ("node", "try: pass\nexcept* ValueError: pass"),
        ("class", "class A(metaclass=M): pass"),
        ("class", "class A(**{'metaclass': M}): pass"),
        ("name", "f(__class__=1)"),
        ("name", "class A(_getattr_=1): pass"),
        ("name", "__import__('os')"),
        ("name", "x = __builtins__"),
        ("name", "x = __loader__, __spec__, __file__, __build_class__"),
        ("name", "class A:\n    def f(self): return __class__"),
        ("name", "class A:\n    def __getattribute__(self, n): pass"),
        ("name", "class A:\n    def __init_subclass__(cls): pass"),
        ("name", "class A:\n    def __set_name__(self, o, n): pass"),
        ("name", "class A:\n    def __reduce__(self): pass"),
        ("name", "class A:\n    def __del__(self): pass"),
        ("name", "class A:\n    __class__ = int"),
        ("name", "class A:\n    __class__: int"),
        ("name", "class A:\n    @property\n    def __class__(self): return int"),
        ("name", "class A:\n    gi_frame: object"),
        ("name", "class A:\n    def mro(cls): return []"),
        ("name", "class A:\n    def f(self):\n        __init__ = 1"),
        ("name", "class A:\n    global __eq__"),
        ("name", "class A:\n    __match_args__ = ('gi_' + 'frame',)"),
        ("name", "class A:\n    __match_args__ = names"),
        ("name", "class A:\n    __match_args__ = ('obj',)"),
        ("name", "class A:\n    __match_args__ = ('_x',)"),
        ("name", "class A:\n    __match_args__ += ('a',)"),
        ("name", "class A:\n    for __match_args__ in [('obj',)]: pass"),
        ("name", "class A:\n    a = __match_args__ = ('__class__',)"),
        ("name", "class A:\n    (__match_args__, a) = ('a',), 1"),
        ("name", "class A:\n    def __match_args__(self): pass"),
        ("name", "class A:\n    import math as __match_args__"),
        ("name", "class A:\n    __slots__ = ('__class__',)"),
        ("name", "class A:\n    __slots__ = ['a'] + names"),
        ("name", "class A:\n    __slots__ = ('a b',)"),
        ("name", "__match_args__ = ('a',)"),
        ("attribute", "().__class__.__base__"),
        ("attribute", "f.__globals__"),
        ("attribute", "f.__code__ = g"),
        ("attribute", "A.__match_args__ = ('x',)"),
        ("attribute", "a.__class__ = B"),
        ("attribute", "del a.__class__"),
        ("attribute", "for a.__class__ in []: pass"),
        ("attribute", "with a as b.__class__: pass"),
        ("attribute", "(x for x in []).gi_frame"),
        ("attribute", "e.__traceback__.tb_frame".replace(".__traceback__", "")),
        ("attribute", "int.mro()"),
        ("attribute", "x._getattr_"),
        ("attribute", "x.__\U0001d624\U0001d62d\U0001d622\U0001d634\U0001d634_getitem__"),
        ("attribute", "getattr(x, '__globals__')"),
        ("attribute", "hasattr(x, 'gi_frame')"),
        ("attribute", "setattr(x, '__class__', B)"),
        ("attribute", "match x:\n    case object(_os=o): pass"),
        ("attribute", "match x:\n    case object(__class__=c): pass"),
        ("attribute", "match x:\n    case str(format=f): pass"),
        ("attribute", "match x:\n    case AttributeError(obj=o): pass"),
        ("attribute", "match x:\n    case a._b.c: pass"),
        ("attribute", "match x:\n    case {a.obj: 1}: pass"),
        ("attribute", "match x:\n    case a.format(): pass"),
        ("attribute", "match x:\n    case [1, object(gi_frame=f)]: pass"),
        ("format", "'{0.__globals__}'.format(f)"),
        ("format", "'{:{0.gi_frame}}'.format(f)"),
        ("format", "@'{0.__globals__}'.format\ndef f(): pass"),
        ("format", "'{a.__mro__}'.format_map(d)"),
        ("attribute", "import math\nmath.pi = 3"),
        ("attribute", "import math\nfor math.pi in [3]: pass"),
        ("attribute", "import math\ndel math.pi"),
        ("attribute", "import math as m\nm.pi += 1"),
        ("builtin", "open('f')"),
        ("builtin", "@eval\n@'1'.format\ndef f(): pass"),
        ("builtin", "x = breakpoint"),
        ("builtin", "\uff45\uff56\uff41\uff4c('1')"),
        ("import", "import os"),
        ("import", "import os.path as p"),
        ("import", "import json.scanner"),
        ("export", "import json.decoder\njson.decoder.scanner"),
        ("export", "from json.decoder import scanner"),
        ("import", "import collections.os"),
        ("import", "from os import path"),
        ("import", "from . import a"),
        ("import", "from .json import a"),
        ("import", "from math import *"),
        ("import", "from os import *"),
        ("import", "import __main__"),
        ("import", "from __future__ import braces"),
        ("import", "import \U0001d630\U0001d634"),
        ("export", "from json import codecs"),
        ("export", "from json import codecs as dumps"),
        ("export", "from math import __loader__"),
        ("export", "import json\njson.codecs"),
        ("export", "import json as j\ndef f(): return j.codecs"),
        ("export", "import json\njson._default_encoder"),
        ("export", "import json\njson.__dict__"),
        ("export", "import collections.abc\ncollections.abc.sys"),
        ("export", "import collections.abc as c\nc.sys"),
        ("export", "from collections import abc\nabc.sys"),
        ("size", "x = 0x" + "f" * 6000),
        ("size", "x = y" + ".a" * 300),
        ("size", "a = 1;" * 30_000),
        ("import", "if TYPE_CHECKING:\n    from os import *"),
        ("import", "if TYPE_CHECKED:\n    import os"),
        ("name", "if TYPE_CHECKING:\n    import os as _getattr_"),
        ("attribute", "f.__annotations__['a'] = 1"),
        ("attribute", "del A.__members__['a']"),
        ("attribute", "().__class__ is tuple"),
        ("syntax", "x ="),
        ("size", "x = " + "9" * 5000),
        ("syntax", "if 1:\nx = 1"),
        ("syntax", "x = 1\0"),
        ("size", "x = " + "-" * 60_000 + "1"),
        ("size", "x = " + "lambda: " * 5000 + "1"),
    ],
)
def test_refused(rule: str, source: str) -> None:
    """One thing that no program may say, under its rule, with a hint for the next try."""
    violations = found(source)
    assert {violation.rule for violation in violations} == {rule}
    assert all(violation.message and violation.hint for violation in violations)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax came with Python 3.12")
@pytest.mark.parametrize("source", ["def f[T](x: T): pass", "class A[T]: pass", "type A[T] = list[T]", "type A = int"])
def test_type_parameters_are_refused(source: str) -> None:
    """New syntax brings new scopes; nobody has looked at them."""
    assert "node" in broken(source)
