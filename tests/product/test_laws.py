"""Laws of the language: where Dana means what Python means it gives the same, and mixed rules hold for every origin."""

from __future__ import annotations

import json
import math
import operator
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import dana_poet
from dana_poet.runtime.truth import FALSE_WORDS, TRUE_WORDS
from tests.product.programs import NAMES, any_expression, expressions

if TYPE_CHECKING:
    from collections.abc import Callable

PARAMETERS = ", ".join(NAMES)
POSITIONS = (
    "{e}", "def f({p}):\n    {e}\nf({p})", "def f({p}):\n    r = {e}\n    return r\nf({p})", "(lambda {p}: {e})({p})",
    "[{e} for _ in [0]][0]", "def f({p}):\n    def inner():\n        {e}\n    inner()\nf({p})",
    "def f({p}):\n    try:\n        {e}\n    finally:\n        pass\nf({p})", "r = [0]\nr[0] = {e}\nr[0]",
    "{{'k': {e}}}.k", "struct P:\n    v: any\ndef f({p}):\n    P(v={e}).v\nf({p})", "private:r = {e}\nprivate:r",
    "def f({p}, default = {e}):\n    default\nf({p})", "def f({p}):\n    match {e}:\n        case r: r\nf({p})",
    "def f({p}):\n    for r in [{e}]:\n        return r\nf({p})", "def f({p}):\n    with_it = [{e}, {e}]\n    with_it[1]\nf({p})",
)  # fmt: skip
"""Programs that give the value of `{e}`, with the names as variables, parameters and variables of closures."""


def outcome(run: Callable[[], object]) -> object:
    """Return a value, or the class of Python's error that was raised."""
    try:
        value = run()
    except Exception as error:  # noqa: BLE001 - the class is what is compared
        return next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    return repr(value)


def of_python(text: str) -> object:
    """Return what Python makes of an expression."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return outcome(lambda: eval(text, {**NAMES, "true": True, "false": False}))  # noqa: S307 - made by the tests


@settings(max_examples=250)
@given(any_expression(), st.sampled_from(POSITIONS))
def test_python_and_dana_agree(text: str, position: str) -> None:
    """Arithmetic, comparisons, logic, slices and comprehensions are Python's own, wherever they stand."""
    program = position.format(e=text, p=PARAMETERS)
    assert outcome(lambda: dana_poet.evaluate(program, NAMES)) == of_python(text), program


@settings(max_examples=150)
@given(expressions()["truth"])
def test_every_test_judges_alike(text: str) -> None:
    """`if`, `while`, `not`, `and`, conditions, guards and `assert` agree with `bool`."""
    expected = of_python(f"bool{text}" if text.startswith("(") else f"bool({text})")
    program = f"""
def f({PARAMETERS}):
    judged = [true if {text} else false, not (not {text}), [1 for _ in [0] if {text}] == [1], bool({text})]
    if {text}: judged.append(true)
    else: judged.append(false)
    if false: 1
    elif {text}: judged.append(true)
    else: judged.append(false)
    while {text}:
        judged.append(true)
        break
    else: judged.append(false)
    match 1:
        case _ if {text}: judged.append(true)
        case _: judged.append(false)
    try:
        assert {text}
        judged.append(true)
    except AssertionError: judged.append(false)
    judged.append(true and ({text}) and true or false)
    {{v is true for v in judged}} if len(judged) == 10 else judged
f({PARAMETERS})
"""
    found = outcome(lambda: dana_poet.evaluate(program, NAMES))
    assert found == (expected if isinstance(expected, type) else f"{{{expected}}}"), program


# The mixed rules, whatever the operands come from

WORDS = st.sampled_from([*sorted(TRUE_WORDS | FALSE_WORDS), "maybe", "abc", " 5 ", "-3", "2.5", "1e2", "YES", " No "])
TEXTS = st.one_of(WORDS, st.integers(-20, 20).map(str), st.text("ab51. ", max_size=4))
NUMBERS = st.one_of(st.integers(-20, 20), st.booleans(), st.floats(-20, 20).map(lambda number: round(number, 2)))
VALUES = st.one_of(TEXTS, NUMBERS)
PAIRS = st.one_of(
    st.tuples(TEXTS, NUMBERS), st.tuples(NUMBERS, TEXTS), st.tuples(TEXTS, TEXTS), st.tuples(NUMBERS, NUMBERS)
)
ORIGINS = {
    "literal": ("", "{v!r}"),
    "name": ("{n} = {v!r}", "{n}"),
    "list element": ("{n} = [{v!r}]", "{n}[0]"),
    "key": ("{n} = {{'k': {v!r}}}", "{n}['k']"),
    "attribute": ("{n} = {{'k': {v!r}}}", "{n}.k"),
    "JSON": ("{n} = json.loads({j!r})", "{n}.k"),
    "field": ("struct S{n}:\n    v: any\n{n} = S{n}(v={v!r})", "{n}.v"),
    "method": ("struct S{n}:\n    v: any\n    def get(self): self.v\n{n} = S{n}(v={v!r})", "{n}.get()"),
    "call": ("def {n}(): {v!r}", "{n}()"),
    "default": ("def {n}(v = {v!r}): v", "{n}()"),
    "closure": ("def make{n}(v):\n    lambda :: v\n{n} = make{n}({v!r})", "{n}()"),
    "private": ("private:{n} = {v!r}", "private:{n}"),
    "comprehension": ("{n} = [v for v in [{v!r}]]", "{n}[0]"),
    "walrus": ("", "({n} := {v!r})"),
    "branch": ("{n} = none\nif 1 == 1: {n} = {v!r}", "{n}"),
    "promise": ("{n} = promised({v!r})", "{n}"),
    "or": ("", "(none or {v!r} if {t} else {v!r})"),
}
USES = {
    "expression": "{a} {op} {b}",
    "function": "def use(a, b): a {op} b\nuse({a}, {b})",
    "lambda": "(lambda a, b :: a {op} b)({a}, {b})",
    "comprehension": "[a {op} b for a, b in [({a}, {b})]][0]",
    "loop": "def use():\n    for a, b in [({a}, {b})]:\n        return a {op} b\nuse()",
    "unpacking": "a, b = {a}, {b}\na {op} b",
    "ternary": "({a} {op} {b}) if 1 else none",
    "inner": "def use(a):\n    def inner(b): a {op} b\n    inner({b})\nuse({a})",
}
ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def number_in(text: str) -> float | None:
    """Return the number that text says."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def said(text: str) -> bool | None:
    """Return what a yes/no word says."""
    word = text.strip().lower()
    return True if word in TRUE_WORDS else False if word in FALSE_WORDS else None


def plain(value: Any) -> str:
    """Return a value as text takes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def by_specification(left: Any, sign: str, right: Any) -> Any:
    """Return what the specification says of `left sign right`."""
    text, other = (left, right) if isinstance(left, str) else (right, left)
    if isinstance(left, str) == isinstance(right, str):
        return {**ORDERS, "+": operator.add, "==": operator.eq, "!=": operator.ne}[sign](left, right)
    if sign == "+":
        return plain(left) + plain(right)
    if sign in {"==", "!="}:
        same = said(text) is other if isinstance(other, bool) else number_in(text) == other
        return same is (sign == "==")
    number = number_in(text)
    if number is None:
        raise TypeError
    return ORDERS[sign](number, right) if text is left else ORDERS[sign](left, number)


def given_by(origin: str, name: str, value: object) -> tuple[str, str]:
    """Return the statements and the expression that give a value by way of an origin."""
    before, expression = ORIGINS[origin]
    details = {"n": name, "v": value, "j": json.dumps({"k": value}), "t": "true"}
    return before.format(**details), expression.format(**details)


def promised(value: object) -> object:
    """Return a promise of a value."""
    from dana_poet.runtime.promise import spawn

    return spawn(lambda: value)


@settings(max_examples=400)
@given(
    PAIRS,
    st.sampled_from([*ORDERS, "==", "!=", "+"]),
    st.sampled_from(sorted(ORIGINS)),
    st.sampled_from(sorted(ORIGINS)),
    st.sampled_from(sorted(USES)),
)
def test_mixed_rules_hold_for_every_origin(pair: tuple[Any, Any], sign: str, one: str, other: str, use: str) -> None:
    """What text and numbers give together depends on them alone, not on where the program has them from."""
    assume(not (use == "comprehension" and "walrus" in (one, other)))  # Python has no such comprehension
    (first, left), (second, right) = given_by(one, "p", pair[0]), given_by(other, "q", pair[1])
    program = "\n".join([first, second, USES[use].format(a=left, b=right, op=sign)])
    found = outcome(lambda: dana_poet.evaluate(program, {"promised": promised}))
    assert found == outcome(lambda: by_specification(pair[0], sign, pair[1])), program


@settings(max_examples=100)
@given(
    VALUES,
    VALUES,
    st.sampled_from(sorted(set(ORIGINS) - {"literal", "call", "default", "closure", "method", "walrus", "or"})),
)
def test_plus_in_place_follows_plus(value: Any, more: Any, origin: str) -> None:
    """`a += b` gives what `a + b` gives, for names, items, keys, fields and scoped names."""
    before, place = given_by(origin, "p", value)
    program = f"{before}\n{place} += {more!r}\n{place}"
    found = outcome(lambda: dana_poet.evaluate(program, {"promised": promised}))
    assert found == outcome(lambda: by_specification(value, "+", more)), program


@settings(max_examples=100)
@given(TEXTS, st.sampled_from(sorted(ORIGINS)))
def test_text_is_judged_by_what_it_says(text: str, origin: str) -> None:
    """Every truth test gives the same for one text, wherever the text comes from."""
    before, expression = given_by(origin, "p", text)
    program = f"""{before}
r = [true if {expression} else false, not not {expression}, bool({expression}), len([1 for _ in [0] if {expression}]) == 1]
if {expression}: r.append(true)
else: r.append(false)
r.append(({expression} and true) == true if {expression} else false)
r.append((lambda v :: true if v else false)({expression}))
r"""
    expected = text.strip().lower() not in FALSE_WORDS
    assert dana_poet.evaluate(program, {"promised": promised}) == [expected] * 7, program


# Effects happen once, in order

LEAF_KINDS = st.one_of(st.integers(0, 9), st.sampled_from(["a", "7", "no"]))
JOINS = st.recursive(
    LEAF_KINDS.map(lambda value: ("leaf", value)),
    lambda inner: st.tuples(st.sampled_from(["+", "list", "call", "key", "slice"]), inner, inner),
    max_leaves=8,
)


def written(tree: Any, leaves: list[Any]) -> str:
    """Return a tree as Dana, every leaf a call that is logged; `leaves` gets their values in order."""
    if tree[0] == "leaf":
        leaves.append(tree[1])
        return f"t({len(leaves) - 1}, {tree[1]!r})"
    left, right = written(tree[1], leaves), written(tree[2], leaves)
    return {
        "+": f"({left} + {right})", "list": f"[{left}, {right}][1]", "call": f"second({left}, b={right})",
        "key": f"{{'l': {left}, 'r': {right}}}.r", "slice": f"[{left}, {right}][1:][0]",
    }[tree[0]]  # fmt: skip


def meant(tree: Any) -> Any:
    """Return the value of a tree by the specification."""
    if tree[0] == "leaf":
        return tree[1]
    left, right = meant(tree[1]), meant(tree[2])
    return by_specification(left, "+", right) if tree[0] == "+" else right


@settings(max_examples=200)
@given(JOINS, st.sampled_from([
    "r = {e}\nr", "def f(): {e}\nf()", "[{e} for _ in [0]][0]", "d = {{}}\nd.k = {e}\nd.k", "x = 'x'\nx = {e}\nx",
    "def f(v): v\nf({e})", "if [{e}]: r = 1\nlast[0]", "xs = [0]\nxs[0] = {e}\nxs[0]", "(lambda :: {e})()",
    "struct P:\n    v: any\np = P(v=0)\np.v = {e}\np.v", "x, (y, *z) = {e}, [1]\nx", "r = none\nif (r := {e}) == r: r = r\nr",
]))  # fmt: skip
def test_every_call_is_made_once_and_in_order(tree: Any, position: str) -> None:
    """The second version of an operation never repeats a call."""
    leaves: list[Any] = []
    program = position.format(e=written(tree, leaves))
    log: list[int] = []
    last: list[Any] = [None]

    def logged(number: int, value: Any) -> Any:
        log.append(number)
        return value

    def second(a: Any, b: Any) -> Any:
        del a
        return b

    value = dana_poet.evaluate(program, {"t": logged, "second": second, "last": last})
    assert log == list(range(len(leaves))), program
    if "last" not in position:
        assert value == meant(tree), program


@settings(max_examples=100)
@given(
    st.lists(LEAF_KINDS, min_size=2, max_size=4),
    st.lists(st.sampled_from([*ORDERS, "==", "!="]), min_size=3, max_size=3),
)
def test_chains_stop_at_the_first_false(values: list[Any], signs: list[str]) -> None:
    """`a < b < c` computes each side once, and no side behind a false comparison."""
    pairs = list(zip(values, signs, values[1:], strict=False))
    text = "t(0)" + "".join(f" {sign} t({index})" for index, (_, sign, _) in enumerate(pairs, 1))
    expected_log, expected = [0], outcome(lambda: True)
    for index, (left, sign, right) in enumerate(pairs, 1):
        expected_log.append(index)
        expected = outcome(partial(by_specification, left, sign, right))
        if expected != "True":
            break
    for program in (text, f"def f(): {text}\nf()", f"[{text} for _ in [0]][0]", f"[v for v in [{text}]][0]"):
        log: list[int] = []

        def logged(index: int, log: list[int] = log) -> Any:
            log.append(index)
            return values[index]

        assert outcome(partial(dana_poet.evaluate, program, {"t": logged})) == expected, program
        assert log == expected_log, program


# Coercion

JSON_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    max_leaves=6,
)


def typed(kind: str, value: object) -> Any:
    """Return a value after a typed assignment in a program."""
    return dana_poet.evaluate(f"x: {kind} = v\nx", {"v": value})


@given(st.integers())
def test_whole_numbers_survive_text(number: int) -> None:
    """Text that says a number gives the number."""
    assert typed("int", typed("str", number)) == number
    assert typed("int", f"  {number}\n") == number


@given(st.floats(allow_nan=False))
def test_numbers_survive_text(number: float) -> None:
    """So it does with fractions and infinities; truncation goes towards zero."""
    assert typed("float", typed("str", number)) == number
    if math.isfinite(number):
        assert typed("int", number) == math.trunc(number)


@given(st.booleans())
def test_truth_values_survive_text_and_numbers(value: bool) -> None:
    """`true` is text, number and truth value without loss."""
    assert typed("bool", typed("str", value)) is value
    assert typed("bool", typed("int", value)) is value


@settings(max_examples=60)
@given(
    st.one_of(st.lists(JSON_VALUES, max_size=3), st.dictionaries(st.text(max_size=3), JSON_VALUES, max_size=3)),
    st.sampled_from(["{}", "```json\n{}\n```", "```\n{}\n```", "  {}\n", "```JSON\n{}```"]),
)
def test_containers_survive_json_text(value: Any, fence: str) -> None:
    """JSON text gives the container, inside a Markdown fence too."""
    kind = "list" if isinstance(value, list) else "dict"
    assert typed(kind, fence.replace("{}", json.dumps(value), 1)) == value


@settings(max_examples=60)
@given(
    st.one_of(VALUES, st.none(), JSON_VALUES),
    st.sampled_from(["int", "float", "str", "bool", "list", "dict", "int | str", "list[int]", "dict[str, float]"]),
)
def test_coercion_gives_the_type_or_fails(value: Any, kind: str) -> None:
    """A typed assignment gives a value of that type, none, or a DanaTypeError; doing it twice changes nothing."""
    try:
        found = typed(kind, value)
    except dana_poet.DanaTypeError:
        return
    names = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "dict": dict}
    basic = tuple(names[name.partition("[")[0]] for name in kind.split(" | "))
    assert found is None or type(found) in basic
    assert repr(typed(kind, found)) == repr(found)


@pytest.mark.parametrize("position", POSITIONS)
def test_positions_give_the_value(position: str) -> None:
    """The programs that the laws run are what they claim to be."""
    assert dana_poet.evaluate(position.format(e="i", p=PARAMETERS), NAMES) == 3
