"""Every diagnostic code of the check pass: its title, a wrong example that yields it and a right one that yields none.

Codes are stable. Below D11 are names, D11 calls and types, D12 the flow of a program and its blocks, D13 pipelines,
D14 conditions and habits, D15 `@poet` and modules.
"""

from __future__ import annotations

from typing import NamedTuple


class CodeHelp(NamedTuple):
    """What one code means."""

    title: str
    wrong: str
    right: str


NAMES: dict[str, CodeHelp] = {
    "D1001": CodeHelp("name is not defined", "total = 1\nprint(totl)\n", "total = 1\nprint(total)\n"),
    "D1002": CodeHelp("name is read before it gets a value", "print(x)\nx = 1\n", "x = 1\nprint(x)\n"),
    "D1003": CodeHelp(
        "built-in of Python that Dana refuses",
        'text = open("notes.txt")\n', 'files = use("filesystem", root="notes")\n',
    ),
    "D1004": CodeHelp("double-underscore name", "x = [].__class__\n", "x = type([])\n"),
    "D1005": CodeHelp(
        "type is not defined", "def area(s: Shap) -> float:\n    return s.width\n",
        "struct Shape:\n    width: float\ndef area(s: Shape) -> float:\n    return s.width\n",
    ),
    "D1006": CodeHelp("import is not used", "import tools\nprint(1)\n", "import tools\nprint(tools.one())\n"),
    "D1007": CodeHelp(
        "local variable is not used", "def f():\n    x = 1\n    return 2\n", "def f():\n    x = 1\n    return x\n"
    ),
    "D1008": CodeHelp("built-in is hidden", "len = 3\n", "length = 3\n"),
}  # fmt: skip

CALLS: dict[str, CodeHelp] = {
    "D1101": CodeHelp("too many arguments", "def f(a):\n    return a\nf(1, 2)\n", "def f(a):\n    return a\nf(1)\n"),
    "D1102": CodeHelp("argument is missing", "def f(a):\n    return a\nf()\n", "def f(a):\n    return a\nf(1)\n"),
    "D1103": CodeHelp(
        "unknown keyword", "def f(size):\n    return size\nf(siez=1)\n", "def f(size):\n    return size\nf(size=1)\n"
    ),
    "D1104": CodeHelp(
        "argument is given twice", "def f(a):\n    return a\nf(1, a=2)\n", "def f(a):\n    return a\nf(a=2)\n"
    ),
    "D1105": CodeHelp(
        "literal does not fit the type of a parameter or field",
        'def f(count: int):\n    return count\nf("many")\n', "def f(count: int):\n    return count\nf(3)\n",
    ),
    "D1106": CodeHelp("literal cannot become the type", 'x: int = "abc"\n', 'x: int = "42"\n'),
    "D1107": CodeHelp(
        "struct has no such member", "struct P:\n    x: int\np = P(x=1)\nprint(p.y)\n",
        "struct P:\n    x: int\np = P(x=1)\nprint(p.x)\n",
    ),
    "D1108": CodeHelp(
        "field is missing", "struct P:\n    x: int\n    y: int\nP(x=1)\n",
        "struct P:\n    x: int\n    y: int\nP(x=1, y=2)\n",
    ),
    "D1109": CodeHelp(
        "struct has no such field", "struct P:\n    width: int\nP(widht=1)\n", "struct P:\n    width: int\nP(width=1)\n"
    ),
    "D1110": CodeHelp(
        "struct cannot inherit", "struct B:\n    x: int = 0\nstruct A(B):\n    y: int = 0\n",
        "struct B:\n    x: int = 0\nstruct A:\n    _b: B\n    y: int = 0\n",
    ),
    "D1111": CodeHelp(
        "field stands twice", "struct P:\n    x: int\n    x: float\n", "struct P:\n    x: int\n    y: float\n"
    ),
    "D1113": CodeHelp(
        "function is defined twice", "def f():\n    return 1\ndef f():\n    return 2\n",
        "def f():\n    return 1\ndef g():\n    return 2\n",
    ),
    "D1114": CodeHelp(
        "type is defined twice", "struct P:\n    x: int\nstruct P:\n    y: int\n",
        "struct P:\n    x: int\nstruct Q:\n    y: int\n",
    ),
    "D1115": CodeHelp(
        "interface is not met", "interface Named:\n    title() -> str\nstruct P implements Named:\n    x: int\n",
        "interface Named:\n    title() -> str\nstruct P implements Named:\n    x: int\n"
        'def (p: P) title() -> str:\n    return "P"\n',
    ),
    "D1116": CodeHelp(
        "no such interface", "struct P implements Named:\n    x: int\n",
        'interface Named:\n    title() -> str\nstruct P implements Named:\n    def title(self):\n        return "P"\n',
    ),
}  # fmt: skip

FLOW: dict[str, CodeHelp] = {
    "D1201": CodeHelp(
        "break or continue outside a loop", "break\n", "for x in [1, 2]:\n    if x > 1:\n        break\n"
    ),
    "D1202": CodeHelp(
        "code that never runs", "def f():\n    return 1\n    print(2)\n", "def f():\n    print(2)\n    return 1\n"
    ),
    "D1204": CodeHelp(
        "pipeline without output", "pipeline p:\n    input: x\n    print(x)\n",
        "pipeline p:\n    input: x\n    print(x)\n    output: x\n",
    ),
    "D1206": CodeHelp(
        "input, output or feedback handler outside a pipeline", "def f(x):\n    output: x\n",
        "pipeline f:\n    input: x\n    output: x\n",
    ),
    "D1207": CodeHelp(
        "feedback handler needs a value that cannot be saved",
        "pipeline p:\n    input: x\n    f = lambda y :: y + 1\n    id = track_execution(x)\n"
        "    on_feedback_received(id) -> feedback:\n        print(f(1))\n    output: x\n",
        "def f(y):\n    return y + 1\npipeline p:\n    input: x\n    id = track_execution(x)\n"
        "    on_feedback_received(id) -> feedback:\n        print(f(1))\n    output: x\n",
    ),
    "D1209": CodeHelp(
        "case that hides the others",
        "x = 2\nmatch x:\n    case any_value:\n        print(any_value)\n    case 2:\n        print(2)\n",
        "x = 2\nmatch x:\n    case 2:\n        print(2)\n    case any_value:\n        print(any_value)\n",
    ),
}  # fmt: skip

PIPELINES: dict[str, CodeHelp] = {
    "D1301": CodeHelp(
        "capture is read before it is made",
        "def add(a, b=1):\n    return a + b\ndef p(x) = add(base) | add as base | add(base)\n",
        "def add(a, b=1):\n    return a + b\ndef p(x) = add as base | add(base)\n",
    ),
    "D1303": CodeHelp(
        "`$$` without a pipeline", "x = max(1, $$)\n", "def larger(x) = max(1, $$)\nprint(larger(3))\n"
    ),
    "D1304": CodeHelp(
        "capture is not used",
        "def f(x):\n    return x\ndef p(x) = f as kept | f\n",
        "def f(x):\n    return x\ndef p(x) = f | f\n",
    ),
    "D1305": CodeHelp(
        "capture hides a parameter",
        "def f(x, y=0):\n    return x + y\ndef p(x) = f as x | f(x)\n",
        "def f(x, y=0):\n    return x + y\ndef p(x) = f as first | f(first)\n",
    ),
    "D1306": CodeHelp(
        "keyword in case", "def f(x):\n    return x\ng = case((true, f), other=f)\n",
        "def f(x):\n    return x\ng = case((true, f), f)\n",
    ),
}  # fmt: skip

HABITS: dict[str, CodeHelp] = {
    "D1401": CodeHelp(
        "identity with a literal", "x = 1\nif x is 1:\n    print(x)\n", "x = 1\nif x == 1:\n    print(x)\n"
    ),
    "D1402": CodeHelp(
        "equality with none", "x = 1\nif x == none:\n    print(x)\n", "x = 1\nif x is none:\n    print(x)\n"
    ),
    "D1403": CodeHelp(
        "handler that never runs",
        "try:\n    print(1)\nexcept Exception:\n    print(2)\nexcept ValueError:\n    print(3)\n",
        "try:\n    print(1)\nexcept ValueError:\n    print(3)\nexcept Exception:\n    print(2)\n",
    ),
    "D1404": CodeHelp("text that is always false", 'if "no":\n    print(1)\n', "if false:\n    print(1)\n"),
    "D1405": CodeHelp("assert that is always true", 'x = 1\nassert (x > 2, "low")\n', 'x = 3\nassert x > 2, "low"\n'),
    "D1406": CodeHelp("f-string without a value", 'print(f"hello")\n', 'print("hello")\n'),
    "D1407": CodeHelp(
        "`//` comment after a value", "x = 1  // one hour, too long\n", "x = 1  # one hour, too long\n"
    ),
    "D1408": CodeHelp(
        "comparison chain that says something else", "xs = [1]\nif 1 in xs == true:\n    print(xs)\n",
        "xs = [1]\nif 1 in xs:\n    print(xs)\n",
    ),
    "D1409": CodeHelp("comparison that nobody uses", "x = 1\nx == 2\nprint(x)\n", "x = 1\nx = 2\nprint(x)\n"),
}  # fmt: skip

POET_AND_MODULES: dict[str, CodeHelp] = {
    "D1501": CodeHelp(
        "misspelled option of @poet", "@poet(retires=3)\ndef f(x):\n    return x\n",
        "@poet(retries=3)\ndef f(x):\n    return x\n",
    ),
    "D1502": CodeHelp(
        "unknown option of @poet", '@poet(colour="red")\ndef f(x):\n    return x\n',
        '@poet(domain="api")\ndef f(x):\n    return x\n',
    ),
    "D1503": CodeHelp(
        "option of @poet with a wrong value", '@poet(retries="three")\ndef f(x):\n    return x\n',
        "@poet(retries=3)\ndef f(x):\n    return x\n",
    ),
    "D1504": CodeHelp(
        "Python module without its suffix", "import math\nprint(math.pi)\n", "import math.py\nprint(math.pi)\n"
    ),
    "D1505": CodeHelp(
        "star import inside a function", "def f():\n    from tools import *\n    return 1\n",
        "from tools import *\ndef f():\n    return 1\n",
    ),
}  # fmt: skip

LIMITS: dict[str, CodeHelp] = {
    "D1901": CodeHelp("program is nested too deeply to check", "", ""),
}

CODES: dict[str, CodeHelp] = {**NAMES, **CALLS, **FLOW, **PIPELINES, **HABITS, **POET_AND_MODULES, **LIMITS}
"""Code -> what it means, in the order of the numbers."""

WARNINGS = frozenset({
    "D1002", "D1005", "D1006", "D1007", "D1105", "D1113", "D1202", "D1304", "D1305", "D1401", "D1403", "D1405", "D1407",
    "D1408", "D1409", "D1502", "D1503", "D1504", "D1901",
})  # fmt: skip
"""Codes of what probably is not meant. All others but NOTES are errors."""

NOTES = frozenset({"D1008", "D1204", "D1402", "D1404", "D1406"})
"""Codes of what is allowed and could be said better."""
