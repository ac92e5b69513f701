"""`dana-poet explain CODE`: what every diagnostic code means, with a wrong and a right example.

Syntax codes (D0) and check codes (D1) are listed where they are found; what happens at run time is listed here.
"""

from __future__ import annotations

from typing import NamedTuple

FAMILIES = {
    "D0": "a mistake of syntax: found before the program runs",
    "D1": "names and types: found by `dana-poet check`, and when the program gets there",
    "D2": "a failure while the program runs",
    "D3": "POET: inputs, results and options of `@poet` functions",
    "D4": "the program's policy",
}


class CodeHelp(NamedTuple):
    """What one code means. `more` says what to do about it."""

    title: str
    wrong: str
    right: str
    more: str = ""


RUNTIME: dict[str, CodeHelp] = {
    "D2000": CodeHelp(
        "an error that the program raised", 'raise "no data"\n',
        'try:\n    raise "no data"\nexcept RuntimeError as e:\n    print(e.message)\n',
        "The first word of the message is the class of the error: catch it with `except Class as e`.",
    ),
    "D2001": CodeHelp(
        "a value has the wrong type", 'def f(x):\n    n: int = x\n    return n\nf("abc")\n',
        'def f(x):\n    n: int = x\n    return n\nf("42")\n',
        "A typed assignment coerces where the value says the type; otherwise convert it first.",
    ),
    "D2002": CodeHelp(
        "a value cannot be used", 'n = int("abc")\n', 'n = int("12")\n',
        "The type is right, the value is not: test it before, or catch ValueError.",
    ),
    "D2003": CodeHelp(
        "a value has no such field, key or method", 'def f(d):\n    return d.colour\nf({"color": "red"})\n',
        'def f(d):\n    return d.color\nf({"color": "red"})\n', "`?name` in the session lists what a value has.",
    ),
    "D2004": CodeHelp(
        "a call does not fit the parameters", "agent_blueprint Clerk:\n    desk: int = 1\nc = Clerk(dsek=2)\n",
        "agent_blueprint Clerk:\n    desk: int = 1\nc = Clerk(desk=2)\n",
    ),
    "D2005": CodeHelp(
        "a module cannot be imported", "import statistic\n", "import statistics.py as statistics\n",
        "Python modules carry the suffix .py; Dana modules are looked for beside the program, in the working folder and "
        "in DANAPATH.",
    ),
    "D2006": CodeHelp(
        "a pipeline is put together wrongly", "def one() -> int:\n    return 1\ndef p(x) = one() | one()\np(2)\n",
        "def add(x, k) -> int:\n    return x + k\ndef p(x) = add(1) | add(2)\np(2)\n",
        "A stage takes the value first, or where `$$` stands.",
    ),
    "D2010": CodeHelp(
        "the language model did not answer usably", 'answer = reason("...")  # the server does not answer\n',
        'try:\n    answer = reason("...")\nexcept Exception as e:\n    answer = "unknown"\n',
        "The message says what the server said; `dana-poet doctor` shows what is configured.",
    ),
    "D2011": CodeHelp(
        "no language model is configured", 'reason("What is drift?")\n',
        "# DANA_MOCK_LLM=true, or OPENAI_API_KEY and DANA_LLM_MODEL, or [llm] in dana.toml\n",
        "Set the environment variables or write `[llm]` with base_url and model into dana.toml.",
    ),
    "D2012": CodeHelp(
        "a setting makes no sense", '# dana.toml\n# [llm]\n# modell = "gpt"\n', '# dana.toml\n# [llm]\n# model = "gpt"\n',
    ),
    "D2013": CodeHelp(
        "persistent state cannot be read or written", "# dana-poet run x.na --state /read-only\n",
        "# dana-poet run x.na --state state\n", "Nothing that was saved before is lost.",
    ),
    "D2014": CodeHelp("the command line makes no sense", "# dana-poet run x.na days\n", "# dana-poet run x.na days=7\n"),
    "D2020": CodeHelp("division by zero", "x = 0\ny = 1 / x\n", "x = 0\ny = 1 / x if x != 0 else 0\n"),
    "D2021": CodeHelp("a dict has no such key", 'd = {}\nx = d["a"]\n', 'd = {}\nx = d.get("a", 0)\n'),
    "D2022": CodeHelp("a list has no such position", "xs = []\nx = xs[0]\n", "xs = []\nx = xs[0] if xs else none\n"),
    "D2023": CodeHelp(
        "the program calls itself too deeply", "def f(n):\n    return f(n + 1)\nf(0)\n",
        "def f(n):\n    if n > 10:\n        return n\n    return f(n + 1)\nf(0)\n",
    ),
    "D2024": CodeHelp("an assertion does not hold", 'x = 1\nassert x == 2, "x is not 2"\n', "x = 1\nassert x == 1\n"),
    "D2025": CodeHelp("the program was interrupted", "# Ctrl-C while the program runs\n", "# let it finish\n"),
    "D2026": CodeHelp("there is no memory left", "# xs = [0] * 10 ** 13\n", "xs = [0] * 1000\n"),
    "D3001": CodeHelp(
        "an input of a @poet function is not what its hints say",
        '@poet()\ndef f(n: int) -> int:\n    return n\nf("many")\n', '@poet()\ndef f(n: int) -> int:\n    return n\nf("12")\n',
        "Text is converted where it says the type; anything else is refused, never guessed.",
    ),
    "D3002": CodeHelp(
        "an option of @poet is misspelt or makes no sense",
        "@poet(retires=3)\ndef f(n):\n    return n\n", "@poet(retries=3)\ndef f(n):\n    return n\n",
    ),
    "D3003": CodeHelp(
        "a @poet function did not finish within its timeout",
        "@poet(timeout=0.05, retries=0)\ndef f(n):\n    sleep(1)\n    return n\nf(1)\n",
        "@poet(timeout=30)\ndef f(n):\n    return n\nf(1)\n",
    ),
    "D4001": CodeHelp(
        "the program's policy does not allow this", "import subprocess.py as s\n", "import math.py as m\n",
        "`--allow-import NAME` allows one more Python module; a module of your own beside the program is always allowed.",
    ),
}  # fmt: skip


def catalogue() -> dict[str, CodeHelp]:
    """Return every code with its help, in order."""
    from dana_grammar import codes
    from dana_grammar.check import codes as check_codes

    found = {code: CodeHelp(help_.title, help_.wrong, help_.right) for code, help_ in codes.CODES.items()}
    found |= {code: CodeHelp(help_.title, help_.wrong, help_.right) for code, help_ in check_codes.CODES.items()}
    return dict(sorted({**found, **RUNTIME}.items()))


def all_codes() -> list[str]:
    """Return one line for each code: the code and its title."""
    return [f"{code}  {help_.title}" for code, help_ in catalogue().items()]


def explain(code: str) -> str:
    """Return what a code means, or which codes are near when there is none of that name.

    >>> print(explain("D2020").split(chr(10))[0])
    D2020: division by zero
    """
    wanted = code.strip().upper()
    known = catalogue()
    if wanted not in known:
        import difflib

        near = difflib.get_close_matches(wanted, known, 3, cutoff=0.7)
        hint = "near it are " + ", ".join(near) if near else "dana-poet explain lists all codes"
        return f"there is no code {wanted}; {hint}"
    help_ = known[wanted]
    parts = [f"{wanted}: {help_.title}", f"({FAMILIES[wanted[:2]]})"]
    if help_.more:
        parts += ["", help_.more]
    if help_.wrong:
        parts += ["", "wrong:", _indented(help_.wrong)]
    if help_.right:
        parts += ["", "right:", _indented(help_.right)]
    return "\n".join(parts)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))
