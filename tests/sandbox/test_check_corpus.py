"""Every shown escape that can be seen without running it is refused by gate and check; every benign case passes."""

import ast
from pathlib import Path

import pytest

from dana_sandbox.facades import exports
from dana_sandbox.gate import gate
from dana_sandbox.policy import SandboxPolicy
from dana_sandbox.python_check import Rules, check, parse
from dana_sandbox.verdict import Violation

CORPUS = Path(__file__).parents[2] / ".." / "shared" / "escape_corpus"
POLICY = SandboxPolicy()
RULES = Rules(modules=POLICY.modules, exports=exports, inputs=frozenset({"CANARY", "ARR", "DF"}))

# Refused, but only when they run: what they do depends on values.
AT_RUN_TIME = {
    "attr_getattr_concat": "the name is put together",
    "attr_hasattr_oracle": "the name is put together",
    "attr_reduce_getattr": "getattr is passed on",
    "format_getattr_split": "the name is put together",
    "format_map_builtin": "str.format is passed on",
    "format_str_subclass": "the template is an object",
    "frame_exception_returned": "the result is an exception",
    "frame_getattr_gi_frame": "the name is put together",
    "io_numpy_ctypes": "the input cannot cross",
    "io_pandas_eval_at": "the input cannot cross",
    "io_pandas_object_to_csv": "the input cannot cross",
    "state_return_generator": "the result is a generator",
    "state_return_infinite_iterator": "the result is an iterator",
    "state_return_lambda": "the result holds a function",
    "state_return_map": "the result is an iterator",
    "unicode_format": "an own object may show its private attributes to a template",
}


def source_of(text: str) -> str:
    """The program of a case; some are kept as an expression because they are huge or no Python."""
    if "# source-expr:" not in text:
        return text
    payload = next(node for node in ast.parse(text).body if isinstance(node, ast.Assign))
    code = compile(ast.Expression(payload.value), "case", "eval")
    return str(eval(code, {"__builtins__": {}}))  # noqa: S307 - a product of literals


def judged(source: str) -> tuple[Violation, ...]:
    """What gate and check find."""
    if violations := gate(source, source_bytes=POLICY.source_bytes):
        return violations
    tree = parse(source)
    return tree if isinstance(tree, tuple) else check(tree, RULES)


def cases(expected: str) -> list[object]:
    """Cases of the corpus with this expectation, as parameters; one that is skipped where there is no corpus."""
    if not CORPUS.is_dir():
        return [pytest.param("", marks=pytest.mark.skip(reason="the corpus is not beside this checkout"))]
    texts = {file.stem: file.read_text() for file in sorted(CORPUS.glob("*.py"))}
    return [pytest.param(text, id=name) for name, text in texts.items() if f"# expected: {expected}" in text]


@pytest.mark.parametrize("text", cases("rejected"))
def test_escapes_are_refused_before_they_run(text: str, request: pytest.FixtureRequest) -> None:
    """Those that only show when they run are listed, each with its reason."""
    name = request.node.callspec.id
    assert bool(judged(source_of(text))) is (name not in AT_RUN_TIME)


@pytest.mark.parametrize("text", cases("accepted"))
def test_benign_cases_pass(text: str) -> None:
    """Ordinary code is never refused."""
    assert judged(source_of(text)) == ()
