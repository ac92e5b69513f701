"""Random programs of the nodes that are allowed, as text: they compile, mostly; what they do is anybody's guess.

Names of attributes come from a pool with hostile ones. Each statement is guarded, so that a program goes on after
its mistakes, and everything it makes is gathered in `result`.
"""

from hypothesis import strategies as st

_VARIABLES = st.sampled_from("a b c d f g Box box".split())
_ATTRIBUTES = st.sampled_from(
    "real name value count items append upper split format x x fn imag keys strip index copy _x __x __class__ __dict__ __name__ __doc__ __init__ mro "
    "obj gi_frame args __traceback__ tb_frame f_globals __globals__ __code__ __self__ __module__ register fn".split()
)
_SPELLED = st.sampled_from(["'x'", "'__class__'", "'__' + 'dict__'", "'mro'", "'_x'", "'real'", "'gi_' + 'frame'"])
_LITERALS = st.integers(-9, 99).map(str) | st.sampled_from(
    ["0.5", "2j", "None", "True", "...", "''", "'ab'", "'{}'", "'{0.__class__}'", "b'u'", "1_000", "-1e9", "'é\\n'"]
)
_OPERATORS = st.sampled_from("+ - * // / % & | ^ < <= == != and or is in".split())
_BUILTINS = st.sampled_from(
    "len str repr sorted sum min max list dict tuple frozenset abs iter next enumerate reversed type int float bool "
    "bytes print callable any all divmod round range(3).index".split()
)
_MODULES = st.sampled_from(
    "json math re collections itertools functools dataclasses enum statistics string operator copy textwrap decimal "
    "fractions datetime typing contextlib heapq bisect base64 types io csv logging os sys".split()
)
_EXPORTS = st.sampled_from(
    "dumps loads sqrt pi compile sub namedtuple Counter deque chain count partial reduce wraps dataclass field Enum "
    "mean Template attrgetter itemgetter deepcopy wrap Decimal Fraction date timedelta NamedTuple suppress "
    "contextmanager heapify insort b64encode SimpleNamespace StringIO reader getLogger path modules codecs".split()
)


def _build(shape: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(shape.format, *parts)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _build("({} {} {})", inner, _OPERATORS, inner),
        _build("(not {})", inner),
        _build("(-{})", inner),
        _build("({}).{}", inner, _ATTRIBUTES),
        _build("({}).{}({})", inner, _ATTRIBUTES, inner),
        _build("{}[{}]", _VARIABLES, inner),
        _build("({})[{}:{}:{}]", inner, inner, inner, inner),
        _build("[{}, *[{}]]", inner, inner),
        _build("({}, {})", inner, inner),
        _build("{{{}: {}, **{{'k': {}}}}}", inner, inner, inner),
        _build("[{} for {} in [{}, 1] if {}]", inner, _VARIABLES, inner, inner),
        _build("{{x: {} for x in range(3)}}", inner),
        _build("list({} for c in [{}])", inner, inner),
        _build("({} if {} else {})", inner, inner, inner),
        _build("(lambda x, *p, k={}, **m: {})({})", inner, inner, inner),
        _build("[{} := {}, 2]", _VARIABLES, inner),
        _build("{}({})", _BUILTINS, inner),
        _build("{}({}, key={})", _VARIABLES, inner, inner),
        _build("{}(*[{}])", _VARIABLES, inner),
        _build("isinstance({}, {})", inner, _VARIABLES),
        _build("getattr({}, {}, {})", inner, _SPELLED, inner),
        _build("hasattr({}, {})", inner, _SPELLED),
        _build("f'{{{}!r:>9}}{{{}}}'", _VARIABLES, _VARIABLES),
        _build("'{{0.{}}}|{{}}'.format({})", _ATTRIBUTES, inner),
        _build("'{{}}|{{:>4}}'.format({}, {})", inner, inner),
        _build("list(map({}, [{}]))", _VARIABLES, inner),
    )


_EXPRESSIONS = st.recursive(_LITERALS | _VARIABLES, _wider, max_leaves=6)

_PATTERNS = st.recursive(
    _VARIABLES | st.sampled_from(["_", "1", "-1", "'ab'", "None", "True"]),
    lambda inner: st.one_of(
        _build("[{}, *_]", inner),
        _build("{{'k': {}, **rest}}", inner),
        _build("Box(x={})", inner),
        _build("int({})", inner),
        _build("Box({}={})", _ATTRIBUTES, inner),
        _build("(1 | 'ab') as {}", _VARIABLES),
    ),
    max_leaves=3,
)

_SIMPLE = st.one_of(
    _build("{} = {}", _VARIABLES, _EXPRESSIONS),
    _build("{}, *{} = {}", _VARIABLES, _VARIABLES, _EXPRESSIONS),
    _build("{} += {}", _VARIABLES, _EXPRESSIONS),
    _build("{}: {} = {}", _VARIABLES, _VARIABLES, _EXPRESSIONS),
    _build("box.{} = {}", _ATTRIBUTES, _EXPRESSIONS),
    _build("({}).{} = {}", _EXPRESSIONS, _ATTRIBUTES, _EXPRESSIONS),
    _build("box.x += {}", _EXPRESSIONS),
    _build("d['k'] = {}\ndel d['k']", _EXPRESSIONS),
    _build("print({}, {})", _EXPRESSIONS, _EXPRESSIONS),
    _build("assert {}, {}", _EXPRESSIONS, _EXPRESSIONS),
    _build("raise ValueError({})", _EXPRESSIONS),
    _build("import {}\n{} = {}.{}", _MODULES, _VARIABLES, _MODULES, _EXPORTS),
    _build("from {} import {} as {}", _MODULES, _EXPORTS, _VARIABLES),
    _build("del {}", _VARIABLES),
    _EXPRESSIONS,
)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


def _guarded(statement: str) -> str:
    return f"try:\n{_indented(statement)}\nexcept Exception as error:\n    log.append(type(error).__name__)"


def _block(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(_indented)
    return st.one_of(
        _build("if {}:\n{}\nelse:\n{}", _EXPRESSIONS, body, body),
        _build("for {} in {}:\n{}", _VARIABLES, _EXPRESSIONS, body),
        _build("while {}:\n{}\n    break", _EXPRESSIONS, body),
        _build("def {}(x=1, *p, key=None, **k):\n{}\n    return {}", _VARIABLES, body, _EXPRESSIONS),
        _build("def {}(x):\n    global a\n{}\n    yield {}", _VARIABLES, body, _EXPRESSIONS),
        _build("class {}(Box):\n    x = {}\n    def fn(self):\n{}\n        return super().fn()", _VARIABLES, _EXPRESSIONS,
               body.map(_indented)),
        _build("class {}(Exception):\n    def __str__(self):\n        return {}", _VARIABLES, _EXPRESSIONS),
        _build("try:\n{}\nexcept {} as error:\n    {} = error.args\nfinally:\n    b = 2", body, _VARIABLES, _VARIABLES),
        _build("with box as {}:\n{}", _VARIABLES, body),
        _build("match {}:\n    case {} if {}:\n{}\n    case _:\n        c = 3", _EXPRESSIONS, _PATTERNS, _EXPRESSIONS,
               body.map(_indented)),
    )  # fmt: skip


_HEAD = """\
class Box:
    __match_args__ = ('x',)
    def __init__(self, x=0):
        self.x, self._x, self.__x = x, [x], 5
    def fn(self, *p, **k):
        return self._x, self.__x
    def __enter__(self):
        return self
    def __exit__(self, *error):
        return True
    def __getitem__(self, key):
        return key
    def __repr__(self):
        return f'Box({self.x!r})'
f = lambda *p, **k: (p, k)
def g(x, key=None):
    return [x, key] if x else key
def show(value, depth=0, list=list, tuple=tuple, dict=dict, repr=repr, type=type, str=str, isinstance=isinstance):
    if depth > 5 or not isinstance(value, (int, float, complex, str, bytes, list, tuple, dict, type(None))):
        return type(value).__name__
    if type(value) in (list, tuple):
        return [show(one, depth + 1) for one in value]
    if type(value) is dict:
        return [show(one, depth + 1) for one in value.items()]
    return value
a, b, c, d, box, log = 1, 'ab', [1, 2], {'k': 1}, Box(3), []
"""

programs = st.lists(st.recursive(_SIMPLE, _block, max_leaves=4).map(_guarded), min_size=1, max_size=6).flatmap(
    lambda lines: _EXPRESSIONS.map(
        lambda last: "\n".join([_HEAD, *lines, _guarded(f"log.append({last})"), "result = show([a, b, c, d, log])"])
    )
)
