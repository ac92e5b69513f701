"""Random harmless programs: arithmetic, containers, functions and classes, ending in a `result`."""

from hypothesis import strategies as st

_NUMBERS = st.integers(-20, 20).map(str) | st.sampled_from(["0.5", "-1.25", "1e3", "True", "None"])
_TEXTS = st.sampled_from(["''", "'a'", "'b{}'", "'%s'", "'Ünï'"])
_NAMES = st.sampled_from("a b c items".split())
_OPERATORS = st.sampled_from("+ - * // % & | ^ < <= == != and or".split())


def _build(shape: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(shape.format, *parts)


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        _build("({} {} {})", inner, _OPERATORS, inner),
        _build("[{}, {}]", inner, inner),
        _build("{{'k': {}, 'l': {}}}", inner, inner),
        _build("[x for x in [{}, {}] if x]", inner, inner),
        _build("({} if {} else {})", inner, inner, inner),
        _build("helper({}, key={})", inner, inner),
        _build("Box({}).plus({})._inside", inner, inner),
        _build("Box({}).__class__.__name__", inner),
        _build("str({}).upper()", inner),
        _build("'{{!r:>5}}|{{}}'.format({}, {})", inner, inner),
        _build("('{{0._inside}}' + '{{1}}').format(Box({}), {})", inner, inner),
        _build("f'{{{}}}'", _NAMES),
        _build("getattr(Box({}), '_inside')", inner),
        _build("type({}).__name__", inner),
        _build("(lambda *p, **k: (p, k))(*[{}], x={})", inner, inner),
        _build("sorted([{}, {}], key=repr)", inner, inner),
    )


_EXPRESSIONS = st.recursive(_NUMBERS | _TEXTS | _NAMES, _wider, max_leaves=6)
_STATEMENTS = st.one_of(
    _build("{} = {}", _NAMES, _EXPRESSIONS),
    _build("{} += {}", _NAMES, _EXPRESSIONS),
    _build("box._inside, box.other = {}, {}", _EXPRESSIONS, _EXPRESSIONS),
    _build("box.other = {}\nbox.other += {}", _EXPRESSIONS, _EXPRESSIONS),
    _build("for a in [{}]:\n    b = [a, {}]\nelse:\n    c = 1", _EXPRESSIONS, _EXPRESSIONS),
    _build("if {}:\n    a = {}\nelse:\n    del box.other", _EXPRESSIONS, _EXPRESSIONS),
    _build("match {}:\n    case [x, *_]:\n        a = x\n    case Box(other=o):\n        b = o", _EXPRESSIONS),
    _build("items = [{}, *'ab']", _EXPRESSIONS),
)

_HEAD = """\
class Box:
    def __init__(self, inside):
        self._inside = inside
        self.other = 0
    def plus(self, more):
        return Box([self._inside, more])
    def __repr__(self):
        return f'Box({self._inside!r}, {getattr(self, "other", None)!r})'

def helper(x, *, key=None):
    return (x, key) if x else key

a = b = c = 1
items = []
box = Box(2)
log = []
"""


def _guarded(statement: str) -> str:
    body = "\n".join("    " + line for line in statement.split("\n"))
    return f"try:\n{body}\nexcept Exception as error:\n    log.append((type(error).__name__, str(error)))"


programs = st.lists(_STATEMENTS.map(_guarded), min_size=1, max_size=6).map(
    lambda lines: "\n".join([_HEAD, *lines, "result = (a, b, c, items, box, log)"])
)
