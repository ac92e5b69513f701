"""What the check reports, its hints, its limits, and the laws that it keeps."""

import ast
import builtins
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, given, settings

from dana_sandbox import hints, names
from dana_sandbox.allowed_nodes import ALLOWED, LOOKED_AT, PLAINLY_ALLOWED
from dana_sandbox.policy import DEFAULT_MODULES
from dana_sandbox.python_check import Rules, check, parse
from dana_sandbox.rules import MAX_VIOLATIONS
from tests.sandbox.checking import EXPORTS, RULES, WITH_NUMPY, broken, found
from tests.sandbox.programs import programs


def test_everything_is_collected_in_order() -> None:
    """A model repairs all of it in one go."""
    source = "import os\nx = open(f'{().__mro__}')\nfrom json import codecs\n"
    assert [(v.line, v.rule) for v in found(source)] == [(1, "import"), (2, "builtin"), (2, "attribute"), (3, "export")]
    assert [v.column for v in found(source) if v.rule != "attribute"] == [8, 5, 18]


def test_violations_have_an_end() -> None:
    """Ten thousand findings would not fit into a prompt."""
    violations = found("__builtins__;" * 5000)
    assert len(violations) == MAX_VIOLATIONS + 1
    assert violations[-1].rule == "more"


def test_templates_in_templates_cost_no_stack() -> None:
    """Python itself reads two levels; a program may hold ten thousand."""
    assert broken("x = '" + "{a:" * 10_000 + "}" * 10_000 + "'.format") == []
    assert broken("x = '{a:{b.__globals__}}'.format") == ["format"]


def test_a_long_name_does_not_make_a_long_message() -> None:
    """Messages go into prompts and logs."""
    assert max(len(str(v)) for v in found("import " + "a" * 10_000)) < 600


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os", "inputs"),
        ("import requests", "capability"),
        ("import pandas as pd", "plain Python"),
        ("import numpy as np", "switched on"),
        ("from numpy.linalg import norm", "switched on"),
        ("import pickle", "json.dumps"),
        ("import nothing_known", "available: collections"),
        ("import operator\noperator.attrgetter('a')", "lambda x: x.name"),
        ("from string import Formatter", "f-string"),
        ("import textwrap\ntextwrap.re", "import re"),
        ("import math\nmath.squrt", "math has: sqrt"),
        ("input()", "inputs"),
        ("x.__class__.__mro__", "classes"),
        ("class A(metaclass=M): pass", "decorator"),
        ("async def f(): pass", "ordinary def"),
        ("class A:\n    __match_args__ = x", "('a', 'b')"),
    ],
)
def test_hints_say_what_to_write(source: str, words: str) -> None:
    """A hint that only says no costs another try."""
    assert any(words in f"{violation.message} {violation.hint}" for violation in found(source))


def test_numpy_is_opt_in() -> None:
    """The facade says what there is; the doors of arrays are shut where no guard can stand."""
    assert broken("import numpy as np\nimport numpy.linalg\nnp.array([1]), np.linalg.norm", WITH_NUMPY) == []
    assert broken("from numpy.linalg import norm\nfrom numpy import linalg", WITH_NUMPY) == []
    assert broken("import numpy as np\nnp.load", WITH_NUMPY) == ["export"]
    assert broken("import numpy.ctypeslib", WITH_NUMPY) == ["import"]
    assert broken("match x:\n    case object(ctypes=c): pass", WITH_NUMPY) == ["attribute"]


def test_a_module_without_exports_is_no_module() -> None:
    """A name in the policy alone opens nothing."""
    assert broken("import csv", Rules(modules=DEFAULT_MODULES, exports=EXPORTS.get)) == ["import"]


@pytest.mark.parametrize(
    ("source", "there"),
    [
        ("def run(): pass", True),
        ("class run: pass", True),
        ("run = lambda: 1", True),
        ("run: object = print", True),
        ("a, run = 1, print", True),
        ("from math import sqrt as run", True),
        ("import json as run", True),
        ("if 1:\n    def run(): pass", True),
        ("try:\n    pass\nexcept E:\n    pass\nelse:\n    run = print", True),
        ("match 1:\n    case run: pass", True),
        ("def f():\n    global run\n    run = print", True),
        ("def f():\n    def run(): pass", False),
        ("class A:\n    def run(self): pass", False),
        ("print(run)", False),
        ("", False),
    ],
)
def test_the_entry_must_be_there(source: str, there: bool) -> None:
    """Seen before anything runs."""
    assert broken(source, Rules(modules=RULES.modules, exports=EXPORTS.get, entry="run")) == (
        [] if there else ["entry"]
    )


def test_a_missing_entry_names_what_there_is() -> None:
    """Mostly the function has another name."""
    (violation,) = found("def clean(): pass", Rules(modules=RULES.modules, exports=EXPORTS.get, entry="run"))
    assert "clean" in violation.message
    assert "def run(...)" in violation.hint


def test_inputs_and_trusted_names_are_bound() -> None:
    """An input may be called `input`; a translator's names pass every rule about names."""
    rules = Rules(
        modules=frozenset(), exports=EXPORTS.get, inputs=frozenset({"input"}), trusted_names=frozenset({"_t_"})
    )
    assert broken("print(input, _t_)\n_t_ = 1", rules) == []
    assert broken("print(_u_)", rules) == ["name"]


def test_a_tree_cannot_name_a_guard() -> None:
    """No source spells these names, but a tree could hold them."""
    for name in (names.OWN, names.IMPORT, names.STATE):
        for context in (ast.Load(), ast.Store()):
            tree = ast.parse("x = y = 1\nx")
            for node in ast.walk(tree):
                if isinstance(node, ast.Name) and type(node.ctx) is type(context):
                    node.id = name
            assert {violation.rule for violation in check(tree, RULES)} == {"name"}


def test_a_foreign_constant_is_refused() -> None:
    """A tree could hold any object as a constant."""
    tree = ast.parse("x = 1")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = object()  # type: ignore[assignment] # the point
    assert [violation.rule for violation in check(tree, RULES)] == ["node"]


def test_builtins_are_offered_or_explained() -> None:
    """No builtin of Python is both, and none is neither."""
    from dana_sandbox.safe_builtins import SAFE_BUILTINS

    of_the_run = {"getattr", "hasattr", "setattr", "delattr", "vars", "dir", "memoryview", "print", "type"}
    offered = set(SAFE_BUILTINS) | of_the_run
    assert offered & hints.BUILTIN_HINTS.keys() == set()
    public = {name for name in vars(builtins) if not name.startswith("_")}
    assert public - offered - hints.BUILTIN_HINTS.keys() == set()


def test_tables_do_not_overlap() -> None:
    """A node is plainly allowed, or looked at; hints stand only for what is not there."""
    assert not PLAINLY_ALLOWED & LOOKED_AT
    assert hints.MODULE_HINTS.keys() & DEFAULT_MODULES - {"io"} == set()


def outside(tree: ast.AST, allowed: Iterable[type]) -> set[str]:
    """Node types of `tree` that are not allowed."""
    return {type(node).__name__ for node in ast.walk(tree)} - {kind.__name__ for kind in allowed}


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(programs)
def test_check_never_raises_and_accepts_only_what_it_knows(source: str) -> None:
    """Denied by default, whatever the program."""
    tree = parse(source)
    if isinstance(tree, tuple):
        return
    violations = check(tree, RULES)
    assert list(violations) == sorted(violations)
    assert violations or outside(tree, ALLOWED) == set()
    private = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & names.INTERPRETER_ATTRIBUTES
    assert violations or private == set()
