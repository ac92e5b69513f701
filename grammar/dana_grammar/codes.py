"""Every syntax error that Dana text can have: its code, a title, a wrong example that yields it, and a right one.

Codes are stable: one is never given another meaning. `dana-poet explain` is built on this list, and a test parses
every example.
"""

from __future__ import annotations

from typing import NamedTuple


class CodeHelp(NamedTuple):
    """What one code means. `wrong` yields exactly this code, `right` is Dana."""

    title: str
    wrong: str
    right: str


LINES: dict[str, CodeHelp] = {
    "D0001": CodeHelp("something else was expected here", "x = {1: 2, 3}\n", "x = {1: 2, 3: 4}\n"),
    "D0002": CodeHelp("a ':' is missing", "if ready\n    start()\n", "if ready:\n    start()\n"),
    "D0003": CodeHelp("'=' where '==' is meant", "if x = 1:\n    stop()\n", "if x == 1:\n    stop()\n"),
    "D0007": CodeHelp("a line is indented without reason", "x = 1\n    y = 2\n", "x = 1\ny = 2\n"),
    "D0008": CodeHelp(
        "a line is indented to no open block", "if a:\n    b()\n  c()\n", "if a:\n    b()\n    c()\n"
    ),
    "D0009": CodeHelp(
        "tabs and blanks are mixed in the indentation", "if a:\n\tb()\n        c()\n", "if a:\n    b()\n    c()\n"
    ),
    "D0010": CodeHelp("a block is missing", "if a:\nb()\n", "if a:\n    b()\n"),
    "D0011": CodeHelp(
        "'else', 'elif', 'except', 'finally' or 'case' without its statement",
        "x = 1\nelse:\n    y = 2\n", "if x:\n    y = 1\nelse:\n    y = 2\n",
    ),
    "D0012": CodeHelp("a misspelt or foreign keyword", "whlie ready:\n    go()\n", "while ready:\n    go()\n"),
    "D0015": CodeHelp(
        "'else if' where 'elif' is meant", "if a:\n    b()\nelse if c:\n    d()\n", "if a:\n    b()\nelif c:\n    d()\n"
    ),
    "D0016": CodeHelp("a function that does not start with 'def'", "function f(x):\n    return x\n",
                      "def f(x):\n    return x\n"),
    "D0017": CodeHelp("'switch' where 'match' is meant", "switch x:\n    case 1:\n        go()\n",
                      "match x:\n    case 1:\n        go()\n"),
    "D0018": CodeHelp("'for' without 'in'", "for x of values:\n    print(x)\n", "for x in values:\n    print(x)\n"),
    "D0022": CodeHelp("'->' in the wrong place", "double = x -> x * 2\n", "double = lambda x :: x * 2\n"),
    "D0023": CodeHelp("a statement of Python that Dana does not have", "class Point:\n    x: int\n",
                      "struct Point:\n    x: int\n"),
    "D0024": CodeHelp("a target that cannot be assigned to", "f() = 3\n", "x = 3\n"),
    "D0032": CodeHelp("'try' without 'except' or 'finally'", "try:\n    f()\ng()\n",
                      "try:\n    f()\nexcept as e:\n    g()\n"),
    "D0041": CodeHelp("a variable that is declared with 'let' or 'var'", "let x = 3\n", "x = 3\n"),
    "D0042": CodeHelp("several exceptions without parentheses", "try:\n    f()\nexcept A, B:\n    g()\n",
                      "try:\n    f()\nexcept (A, B):\n    g()\n"),
}  # fmt: skip
TEXT: dict[str, CodeHelp] = {
    "D0004": CodeHelp("a bracket that is never closed", "x = (1, 2\ny = 3\n", "x = (1, 2)\ny = 3\n"),
    "D0005": CodeHelp("a bracket that closes nothing, or another kind", "x = (1, 2]\n", "x = (1, 2)\n"),
    "D0006": CodeHelp("a string that is never closed", 'x = "abc\n', 'x = "abc"\n'),
    "D0020": CodeHelp("a malformed number", "x = 0x\n", "x = 0xff\n"),
    "D0021": CodeHelp("a character that Dana does not use", "x = \u201cabc\u201d\n", 'x = "abc"\n'),
    "D0025": CodeHelp("broken braces in an f-string", 'x = f"{a!z}"\n', 'x = f"{a!r}"\n'),
    "D0026": CodeHelp("nesting that is too deep", f"x = {'(' * 201}1{')' * 201}\n", "x = ((1))\n"),
    "D0027": CodeHelp("a text that is too long for one file", f"x = [{'1,' * 160_000}]\n", "x = [1, 2]\n"),
    "D0033": CodeHelp("text and bytes in one string", 'x = "a" b"b"\n', 'x = "a" "b"\n'),
}
EXPRESSIONS: dict[str, CodeHelp] = {
    "D0013": CodeHelp("'++' or '--'", "x++\n", "x += 1\n"),
    "D0014": CodeHelp("an operator of another language", "x = a && b\n", "x = a and b\n"),
    "D0019": CodeHelp("a value is missing", "x =\n", "x = 1\n"),
    "D0028": CodeHelp("a lambda that needs parentheses", "f | lambda x :: x + 1\n", "f | (lambda x :: x + 1)\n"),
    "D0029": CodeHelp("arguments of a call in the wrong order", "f(a=1, 2)\n", "f(2, a=1)\n"),
    "D0030": CodeHelp("parameters in the wrong order, or twice the same", "def f(a, a):\n    return a\n",
                      "def f(a, b):\n    return a\n"),
    "D0031": CodeHelp("'as' outside of a pipeline", "x = a as b\n", "x = f as a | g(a)\n"),
    "D0034": CodeHelp("a malformed pattern", "match x:\n    case [*a, *b]:\n        go()\n",
                      "match x:\n    case [a, *b]:\n        go()\n"),
    "D0038": CodeHelp("'a if b' without 'else'", "x = a if b\n", "x = a if b else c\n"),
    "D0039": CodeHelp("a comma or an operator is missing", "x = [1 2]\n", "x = [1, 2]\n"),
    "D0040": CodeHelp("a keyword as a name", "def in(x):\n    return x\n", "def inside(x):\n    return x\n"),
    "D0043": CodeHelp("'print' without parentheses", 'print "a"\n', 'print("a")\n'),
    "D0044": CodeHelp("a name is missing", "import\n", "import tools\n"),
}  # fmt: skip
DEFINITIONS: dict[str, CodeHelp] = {
    "D0035": CodeHelp("a statement among fields and methods", "struct P:\n    x: int\n    go(x)\n",
                      "struct P:\n    x: int\n    def move(self):\n        go(self.x)\n"),
    "D0036": CodeHelp("'input:' or 'output:' in the wrong place", "pipeline p:\n    output: 1\n    x = 2\n",
                      "pipeline p:\n    x = 2\n    output: 1\n"),
    "D0037": CodeHelp("a decorator without a definition", "@poet\nx = 1\n", "@poet\ndef f():\n    return 1\n"),
}  # fmt: skip
CODES: dict[str, CodeHelp] = dict(sorted({**LINES, **TEXT, **EXPRESSIONS, **DEFINITIONS}.items()))
