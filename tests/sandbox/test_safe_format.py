"""`str.format` in the sandbox: the same text as Python's, and attributes in fields pass the guards."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dana_sandbox.safe_format import format_map_with, format_with, is_plain
from tests.sandbox.guarded import run, value


class Thing:
    """What fields look into."""

    def __init__(self) -> None:
        self.name, self._private, self.items = "n", 7, [1, {"k": "v"}]
        self.inner = SimpleNamespace(width=5, obj="o")

    def __repr__(self) -> str:
        return "Thing"


THING = Thing()
_FIELDS = st.sampled_from(
    "0 1 a b {} 0.name 0.items[0] 0.items[1][k] a.inner.width 0._private b[0] 0.inner.obj a[x 9 nope 0.nope 0..x 0. "
    "0[] 0.items[9] a.items[1][.x]".split()
) | st.sampled_from(["", "a "])
_SPECIFICATIONS = st.sampled_from(
    ["", ":>10", ":{a.inner.width}", ":{1}", ":.2f", ":{", ":}", ":x", ":{0._private}", ":>{1}{b[0]}", ":{0:{1}}"]
)
_CONVERSIONS = st.sampled_from(["", "!r", "!s", "!a", "!x", "!é", "!"])
_PIECES = st.builds("{{{}{}{}}}".format, _FIELDS, _CONVERSIONS, _SPECIFICATIONS) | st.sampled_from(
    ["text", "{{", "}}", "{", "}", "é", "."]
)
templates = st.lists(_PIECES, max_size=4).map("".join)


def outcome(formatting: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the text, or the kind and message of the error."""
    try:
        return formatting(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must be the same
        return type(error), str(error)


@given(templates)
@settings(max_examples=500)
@example("{0:{0._private}} {} {0}")
@example("{} {0._private} {1")
@example("{0._private:{:{}}}")
@example("{0._private!}")
@example("{0._private}{nope}")
@example("{0._private}{9}")
def test_the_text_is_pythons(template: str) -> None:
    """With a reader that allows everything, text and errors are those of str.format."""
    given_ = {"a": THING, "b": [3]}
    expected = outcome(template.format, THING, 6, **given_)
    assert outcome(format_with, getattr, template, THING, 6, **given_) == expected


@given(templates)
@settings(max_examples=300)
def test_the_text_of_a_mapping_is_pythons(template: str) -> None:
    """The same for format_map."""
    given_ = {"a": THING, "b": [3]}
    assert outcome(format_map_with, getattr, template, given_) == outcome(template.format_map, given_)


@given(templates)
@settings(max_examples=500)
def test_what_is_plain_reads_no_guarded_name(template: str) -> None:
    """Formatting that Python does alone never asks an object for a name that needs a guard."""
    asked: list[str] = []

    class Spy:
        def __getattribute__(self, name: str) -> Any:
            asked.append(name)
            return self

        def __getitem__(self, key: object) -> Any:
            return self

        def __format__(self, specification: str) -> str:
            return specification

    if is_plain(template):
        outcome(template.format, Spy(), Spy(), a=Spy(), b=Spy())
        assert not [name for name in asked if (name[0] == "_" and name != "__class__") or name == "obj"]


@pytest.mark.parametrize(
    ("template", "plain"),
    [
        ("", True),
        ("no fields.", True),
        ("{0.name}", True),
        ("{:.2f} {x:>10}", True),
        ("{0[__class__]}", True),
        ("{0[.__class__]}", True),
        ("{{0.__class__}}", True),
        ("{__class__}", True),
        ("{0.__class__}", False),
        ("{.__class__}", False),
        ("{0._x}", False),
        ("{0._}", False),
        ("{0.a.b[c].__d__}", False),
        ("{0:{1.__class__}}", False),
        ("{0!r:>{1._x}}", False),
        ("{0.gi_frame}", False),
        ("{0.mro}", False),
        ("{0.obj}", False),
        ("{0.format}", False),
        ("{0.ctypes}", False),
        ("{0.__class__} {", False),
        ("{0.__class__}{0.a..b}", False),
    ],
)
def test_which_templates_are_plain(template: str, plain: bool) -> None:
    """A dot in an index, in a specification or in the text is no attribute."""
    assert is_plain(template) is plain
    assert is_plain(template) is plain  # from memory


def test_memory_for_templates_is_bounded() -> None:
    """Neither many nor long templates are all kept."""
    from dana_sandbox import safe_format

    for number in range(2000):
        is_plain(f"{{0.x{number}}}")
    is_plain("x" * 100_000 + "{0.y}")
    assert len(safe_format._known) <= 500
    assert all(len(template) <= 1000 for template in safe_format._known)


def test_own_objects_show_what_is_theirs() -> None:
    """Private names and the class of the program's own objects, in fields as in code."""
    source = """
class P:
    def __init__(self): self._x, self.y, self.obj = 1, [2.5], 'o'
    def __repr__(self):
        text = '{0.__class__.__name__}({0._x}, {0.y[0]:{width}.1f}, {name})'
        return text.format(self, width=6, name=self.__class__.__qualname__)
template = '{p._x}{p.obj}'
result = [repr(P()), template.format_map({'p': P()}), str.format(template, p=P()), list(map('{0._x}{1}'.format, [P()], 'a'))]
"""
    assert value(source) == ["P(1,    2.5, P)", "1o", "1o", ["1a"]]


@pytest.mark.parametrize(
    "template",
    ["{0._x}", "{0.__class__}", "{0.__dict__}", "{0.real.__class__}", "{0.mro}", "{:{0._x}}", "{0.__init__.x._y}"],
)
@pytest.mark.parametrize("argument", ["1", "int", "len", "[]", "ValueError", "(x for x in ())"])
@pytest.mark.parametrize("call", ["t.format(a)", "str.format(t, a)", "S(t).format(a)", "t.format_map({'0': a, '': a})"])
def test_other_objects_show_nothing(template: str, argument: str, call: str) -> None:
    """Every way to format, every kind of object: refused, missing, or an error of formatting; never text."""
    ran = run(f"class S(str): pass\nt = {template!r}\na = {argument}\nresult = {call}")
    assert ran.result is None
    assert ran.refusals or isinstance(ran.error, AttributeError | ValueError)


def test_a_method_of_text_that_is_kept_is_guarded() -> None:
    """Where a bound method goes, the guard goes; templates without attributes stay Python's own method."""
    assert value("f = '{0.real} {1}'.format\nresult = (f(1, 2), type(f).__name__)") == (
        "1 2",
        "builtin_function_or_method",
    )
    assert value("t = '{0._x}'\nresult = type(t.format).__name__") == "partial"


def test_literal_templates_cost_nothing() -> None:
    """`"{:.2f}".format(x)` is compiled as it is written."""
    source = (
        "result = '{:>{w}.2f}|{0!r}'.format if False else '{:.1f}'.format(2.25), '{a[b]}'.format_map({'a': {'b': 1}})"
    )
    assert value(source) == ("2.2", "1")


def test_wrong_use_is_pythons_error() -> None:
    """Not a text, or no arguments."""
    assert isinstance(run("f = str.format\nf(1)").error, TypeError)
    assert isinstance(run("f = str.format_map\nf('{a}')").error, TypeError)
    assert isinstance(run("f = str.format\nf()").error, TypeError)
