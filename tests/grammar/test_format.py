"""The canonical style, rule by rule, and what the formatter refuses to do."""

from __future__ import annotations

import pytest

from dana_grammar import formatting
from dana_grammar.errors import DanaSourceError, GrammarBug
from dana_grammar.format import unparse
from dana_grammar.formatting import format_text
from dana_grammar.parse import parse

LONG = "first_argument_number_one, second_argument_number_two, third_argument_number_three, fourth_one"


@pytest.mark.parametrize(
    ("written", "formatted"),
    [
        ("x=1", "x = 1\n"),
        ("x  :  int=1\r\n", "x: int = 1\n"),
        ("if a: b(); c()\n", "if a:\n    b()\n    c()\n"),
        ("if a:\n\tb()\n", "if a:\n    b()\n"),
        ("x = 1; y = 2\n", "x = 1\ny = 2\n"),
        ("import a, b.c as d\n", "import a\nimport b.c as d\n"),
        ("f( a,b = 1,*c,**d )\n", "f(a, b=1, *c, **d)\n"),
        ("def f(a,b:int=1,*c,**d)->int: return a\n", "def f(a, b: int = 1, *c, **d) -> int:\n    return a\n"),
        ("x = {'a':1, **b}\n", "x = {'a': 1, **b}\n"),
        ("x = a [1 :2] [::3] [b , c]\n", "x = a[1:2][::3][b, c]\n"),
        ("x = lambda   a:int ,b=2::a+b\n", "x = lambda a: int, b=2 :: a + b\n"),
        ("x = lambda a:a\n", "x = lambda a: a\n"),
        ("x = \\\n  1\n", "x = 1\n"),
        ("x = {(k: v) for k, v in xs}\n", "x = {k: v for k, v in xs}\n"),
        ("def p=f|g\n", "def p = f | g\n"),
        ("x = 'a' \"b\"\n", "x = 'a' \"b\"\n"),
        ("", ""),
        ("\n\n\n", ""),
        ("# only\n", "# only\n"),
    ],
)
def test_one_way_to_write_it(written: str, formatted: str) -> None:
    """Blanks, lines and trailing commas are for the formatter to decide."""
    assert format_text(written) == formatted


@pytest.mark.parametrize(
    "kept",
    [
        "deliver x\n",
        "x = TRUE\n",
        "x = null\n",
        "private.x = 1\n",
        "private:x = 1\n",
        "x = 0xFF + 1_000 + 1E5\n",
        "x = r'\\d' + f\"{a!r:>{width}}\"\n",
        'def f():\n    """A docstring.\n\n  with   its own blanks  \n    """\n    pass\n',
        "struct P:\n    x: int\n    'about x'\n    y: int\n    ...\n",
        "y = (x += 1)\n",
        "def f(private):\n    private.x = 1\n",
    ],
)
def test_what_the_author_chose_stays(kept: str) -> None:
    """Spellings that mean the same are the author's choice, and so is the text of a literal."""
    assert format_text(kept) == kept


@pytest.mark.parametrize(
    ("written", "formatted"),
    [
        ("x = ((a))\n", "x = a\n"),
        ("x = (a * b) + c\n", "x = a * b + c\n"),
        ("x = a * (b + c)\n", "x = a * (b + c)\n"),
        ("x = (a - b) - c\n", "x = a - b - c\n"),
        ("x = a - (b - c)\n", "x = a - (b - c)\n"),
        ("x = (-a) ** b\n", "x = (-a) ** b\n"),
        ("x = -(a ** b)\n", "x = -a ** b\n"),
        ("x = (a and b) and c\n", "x = (a and b) and c\n"),
        ("x = (a < b) < c\n", "x = (a < b) < c\n"),
        ("x = not (a == b)\n", "x = not a == b\n"),
        ("x = a | (b | c)\n", "x = a | (b | c)\n"),
        ("x = f | (lambda y :: y)\n", "x = f | (lambda y :: y)\n"),
        ("x = (1).real\n", "x = (1).real\n"),
        ("x = (a, b)\n", "x = (a, b)\n"),
        ("x = (a,)\n", "x = (a,)\n"),
        ("if (a):\n    pass\n", "if a:\n    pass\n"),
        ("x = (a if b else c)(d)\n", "x = (a if b else c)(d)\n"),
        ("x = (private).y\n", "x = (private).y\n"),
        ("x = a[(private):b]\n", "x = a[(private):b]\n"),
        ("x = (a // b)\n", "x = a // b\n"),
        ("x = (a // b // c)\n", "x = (a // b // c)\n"),
        ("if (a // b):\n    pass\n", "if (a // b):\n    pass\n"),
    ],
)
def test_only_the_parentheses_that_are_needed(written: str, formatted: str) -> None:
    """The tree decides, and for `//` and the names of scopes the lexer."""
    assert format_text(written) == formatted


def test_a_long_call_has_one_argument_on_a_line() -> None:
    """The trailing comma makes the next argument a change of one line."""
    items = LONG.split(", ")
    assert format_text(f"result = function({LONG})\n") == (
        "result = function(\n" + "".join(f"    {item},\n" for item in items) + ")\n"
    )


def test_a_bracket_that_was_opened_over_lines_stays_so() -> None:
    """A short table that the author spread out is meant to be read that way."""
    spread = 'x = {\n    "a": 1,\n    "b": 2,\n}\n'
    assert format_text(spread) == spread
    assert format_text('x = {"a": 1,\n     "b": 2}\n') == 'x = {"a": 1, "b": 2}\n'


def test_a_list_alone_in_a_call_stays_close_to_it() -> None:
    """One level of indentation is enough for both brackets."""
    spread = "f([\n    1,\n    2,\n])\n"
    assert format_text(spread) == spread


def test_a_long_pipeline_has_one_stage_on_a_line() -> None:
    """In parentheses a pipeline may take lines, and means the same."""
    stages = ["load_rows", "drop_rows_without_values", "scale(10, offset=3)", "detect as found", "report(found)"]
    one = f"def p(x) = {' | '.join(stages)} | finish_everything_properly\n"
    assert format_text(one) == (
        "def p(x) = (\n    load_rows\n"
        + "".join(f"    | {stage}\n" for stage in stages[1:])
        + "    | finish_everything_properly\n)\n"
    )


def test_an_open_tuple_stays_on_its_line() -> None:
    """Parentheses would make another tree of it."""
    names = ", ".join(f"a_rather_long_name_{number}" for number in range(8))
    assert format_text(f"return {names}\n") == f"return {names}\n"


def test_blank_lines() -> None:
    """At most two at the top, one inside; one around definitions; none after a header or before `else`."""
    written = (
        "\n\nx = 1\n\n\n\n\ny = 2\ndef f():\n\n    a\n\n\n    b\n    def g():\n        pass\n    c\n"
        "if x:\n    a\n\nelse:\n\n    b\n"
    )
    assert format_text(written) == (
        "x = 1\n\n\ny = 2\n\ndef f():\n    a\n\n    b\n\n    def g():\n        pass\n\n    c\n\n"
        "if x:\n    a\nelse:\n    b\n"
    )


@pytest.mark.parametrize(
    ("written", "formatted"),
    [
        ("x = 1 // one two\n", "x = 1  # one two\n"),
        ("// a\nx = 1\n", "# a\nx = 1\n"),
        ("x = [1, # one\n  2]\n", "x = [\n    1,  # one\n    2,\n]\n"),
        ("x = [\n  1\n  # end\n]\n", "x = [\n    1,\n    # end\n]\n"),
        ("f( # why\n)\n", "f(  # why\n)\n"),
        ("x = (a # one\n  | b)\n", "x = (\n    a  # one\n    | b\n)\n"),
        ("x = (a | # one\n  b)\n", "x = (\n    a  # one\n    | b\n)\n"),
        ("x = (a # one\n)\n", "x = a  # one\n"),
        ("(x # one\n) = 5\n", "x = 5  # one\n"),
        ("if x: # one\n    y\n", "if x:  # one\n    y\n"),
        ("if x: y # one\n", "if x:\n    y  # one\n"),
        ("if x:\n    y\n    # in\n# out\nelse:\n    z\n", "if x:\n    y\n    # in\n# out\nelse:\n    z\n"),
        ("if x:\n    if y:\n        z\n    # of x\n", "if x:\n    if y:\n        z\n    # of x\n"),
        ("@a\n\n# between\n@b\ndef f():\n    pass\n", "@a\n# between\n@b\ndef f():\n    pass\n"),
        (
            "def f(a, # one\n  b):\n    # first\n    pass\n",
            "def f(\n    a,  # one\n    b,\n):\n    # first\n    pass\n",
        ),
        ("struct P:\n    x: int\n    # end\n# out\n", "struct P:\n    x: int\n    # end\n# out\n"),
        ("# lead\n\n\n\n# x\nx\n", "# lead\n\n\n# x\nx\n"),
    ],
)
def test_comments_keep_their_place(written: str, formatted: str) -> None:
    """On their own line or after code, in brackets and between blocks."""
    assert format_text(written) == formatted
    assert format_text(formatted) == formatted


def test_text_that_is_not_dana_is_refused() -> None:
    """Nothing is guessed about a broken file."""
    with pytest.raises(DanaSourceError):
        format_text("x = (\n")


def test_a_result_that_means_something_else_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of the formatter must not reach anyone's file."""
    monkeypatch.setattr(formatting, "format_program", lambda _program, _text: "x = 2\n")
    with pytest.raises(GrammarBug, match=r"would change the program at program\.body\[0\]\.value"):
        format_text("x = 1\n")
    monkeypatch.setattr(formatting, "format_program", lambda _program, _text: "x = 1\n")
    with pytest.raises(GrammarBug, match="would lose # why"):
        format_text("x = 1 # why\n")


def test_a_tree_without_text_is_written_in_the_same_style() -> None:
    """`unparse` is for trees that a program made: two blank lines around definitions, no comments."""
    text = "x = 1\ndef f(): return [1,2]  # no\ny = 2\n"
    assert unparse(parse(text)) == "x = 1\n\n\ndef f():\n    return [1, 2]\n\n\ny = 2\n"
