"""`Original`: a function as its author wrote it, what its body does, and a hash that tells when it changed."""

from __future__ import annotations

import functools
import inspect
import linecache
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from dana_poet import poet
from dana_poet.codegen.original import Original, SourceUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEEN: list[int] = []
LIMIT = 3


def plain(a: int, b: int = LIMIT) -> int:
    """Return the product."""
    # a comment that stays
    return a * b


def calls_plain(x: int) -> int:  # noqa: D103
    return plain(x, x)


def remembers(x: int) -> int:  # noqa: D103
    SEEN.append(x)
    return len(SEEN)


class Owner:
    """Something with a method."""

    def method(
        self,
        text: str = """
two lines
""",
    ) -> str:
        """Return the text."""
        return text

    async def items(self) -> Any:  # noqa: D102
        yield self


def test_source_has_comments_and_no_decorators() -> None:
    """It stands at the left margin, as it was written."""
    original = Original.of(poet(retries=1)(plain))
    assert original.source.startswith("def plain(a: int, b: int = LIMIT) -> int:\n")
    assert "# a comment that stays" in original.source
    assert (original.name, original.module) == ("plain", plain.__module__)
    assert original.signature == "(a: int, b: int=LIMIT) -> int"
    assert original.file == inspect.getsourcefile(plain)


def test_methods_and_kinds() -> None:
    """Methods keep long strings; kinds are told apart."""
    original = Original.of(Owner().method)
    assert (original.qualname, original.kind) == ("Owner.method", "function")
    names: dict[str, Any] = {}
    exec(original.source, names)  # noqa: S102 - our own text
    assert names["method"](None) == "\ntwo lines\n"
    assert Original.of(Owner.items).kind == "async_generator"
    assert Original.of_source("async def f(): pass").kind == "async"
    assert Original.of_source("def f():\n    yield 1").kind == "generator"
    assert Original.of_source("def f():\n    return lambda: (yield)").kind == "function"


BODIES = {
    "return sum(x * x for x in xs)": "pure",
    "out = []\n    for x in xs:\n        out.append(x)\n    return sorted(out)": "pure",
    "import math\n    return math.sqrt(len(xs))": "pure",
    "if not xs:\n        raise ValueError(f'none: {xs!r}')\n    return max(xs)": "pure",
    "xs.append(1)": "writes",
    "xs[0] = 1": "writes",
    "global N\n    N = xs": "writes",
    "for row in xs:\n        row['a'] = 1": "writes",
    "print(xs)": "writes",
    "return open(xs).read()": "reads",
    "return open(xs, 'w').write('x')": "writes",
    "return Path(xs).read_text()": "reads",
    "Path(xs).write_text('a')": "writes",
    "import os\n    os.remove(xs)": "writes",
    "import subprocess\n    return subprocess.run(xs)": "writes",
    "import time\n    return time.time()": "reads",
    "import random\n    return random.choice(xs)": "reads",
    "import requests\n    return requests.get(xs).json()": "network",
    "import requests\n    return requests.post(xs)": "writes",
    "import httpx\n    with httpx.Client() as c:\n        return httpx.get(xs)": "network",
    "from urllib.request import urlopen\n    return urlopen(xs).read()": "network",
    "return self.client.get(xs)": "network",
    "return llm.complete(f'{xs}')": "model",
    "return reason(xs)": "model",
    "import openai\n    return openai.OpenAI().chat.completions.create(messages=xs)": "model",
    "db.execute('SELECT 1')": "reads",
    "db.execute('DELETE FROM t')": "writes",
    "return unknown(xs)": "reads",
}


@pytest.mark.parametrize(("body", "kind"), BODIES.items(), ids=[body.replace("\n    ", "; ") for body in BODIES])
def test_what_a_body_does_is_read_from_its_text(body: str, kind: str) -> None:
    """The strongest of what it may do; what cannot be known is not pure."""
    assert Original.of_source(f"from pathlib import Path\ndef f(xs):\n    {body}").body == kind


def test_the_users_own_functions_are_followed() -> None:
    """A function is as pure as what it calls."""
    assert Original.of(calls_plain).body == "pure"
    assert Original.of(remembers).body == "writes"
    assert Original.of(remembers).effects >= {"memory"}


def test_names_of_this_file_are_looked_up(tmp_path: Path) -> None:
    """However a function was imported: by its module, by itself, under another name."""
    file = tmp_path / "mine.py"
    file.write_text(
        "import os, random as r, time\nfrom os import remove\nfrom random import choice\nfrom io import open as o\n"
        "def a(x):\n    os.remove(x)\ndef b(x):\n    remove(x)\ndef c(x):\n    return choice(x)\n"
        "def d(x):\n    return r.choice(x)\ndef e(x):\n    return open(x).read()\ndef f(x):\n    return o(x, 'w')\n"
        "def g(x):\n    return os.path.join(x, 'y')\ndef h():\n    return time.time()\n",
        encoding="utf-8",
    )
    names: dict[str, Any] = {}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)  # noqa: S102 - the text above
    found = {name: Original.of(names[name]).body for name in "abcdefgh"}
    assert [found[name] for name in "ab"] == ["writes", "writes"]
    assert [found[name] for name in "cdeh"] == ["reads"] * 4
    assert (found["f"], found["g"]) == ("writes", "pure")


def test_the_hash_changes_with_the_code_alone() -> None:
    """Comments, layout, docstrings and decorators are not code."""
    one = Original.of_source("def f(x):\n    return x + 1").source_hash
    same = "@d\ndef f( x ):\n    'doc'\n    # why\n    return (x+1)"
    assert Original.of_source(same).source_hash == one
    for text in ("def f(x):\n    return x + 2", "def f(x=1):\n    return x + 1", "def f(x: int):\n    return x + 1"):
        assert Original.of_source(text).source_hash != one


NO_SOURCE: list[Callable[..., Any]] = [
    lambda x: x, len, str.upper, functools.partial(plain, 1), Owner, eval("lambda: 1"),  # noqa: S307 - a lambda without file
]  # fmt: skip


@pytest.mark.parametrize("function", NO_SOURCE, ids=range(len(NO_SOURCE)))
def test_what_has_no_source_says_so(function: Callable[..., Any]) -> None:
    """One error, with a reason."""
    with pytest.raises(SourceUnavailableError):
        Original.of(function)


def test_text_that_was_only_executed_has_no_source() -> None:
    """There is no file to look into."""
    names: dict[str, Any] = {}
    exec("def f(x): return x", names)  # noqa: S102 - what is tested
    with pytest.raises(SourceUnavailableError):
        Original.of(names["f"])


def test_a_file_that_changed_is_not_taken_for_the_function(tmp_path: Path) -> None:
    """Lines of another function under the same number are worse than none."""
    file = tmp_path / "mine.py"
    file.write_text("def f(x):\n    return x\n", encoding="utf-8")
    names: dict[str, Any] = {}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)  # noqa: S102 - the text above
    assert Original.of(names["f"]).name == "f"
    file.write_text("def other(y):\n    return y\n", encoding="utf-8")
    linecache.checkcache()
    with pytest.raises(SourceUnavailableError, match="changed"):
        Original.of(names["f"])


@pytest.mark.parametrize("text", ["x = 1", "def f(:", "", "def g(): pass\0"])
def test_text_without_the_function_says_so(text: str) -> None:
    """Not Python, or not that function."""
    with pytest.raises(SourceUnavailableError):
        Original.of_source(text, "f")


def test_of_source_finds_the_function_by_name() -> None:
    """Indented text and several functions."""
    text = textwrap.indent("import httpx\ndef g(): pass\ndef f(u): return httpx.get(u)", "    ")
    assert Original.of_source(text, "f").body == "network"
    assert Original.of_source(text).name == "g"
