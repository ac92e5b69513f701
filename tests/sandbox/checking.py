"""Rules for tests of the check: a handful of modules with a few exports each."""

from dana_sandbox.python_check import Rules, check, parse
from dana_sandbox.verdict import Violation

EXPORTS = {
    "json": frozenset({"dumps", "loads", "JSONDecodeError", "decoder"}),
    "json.decoder": frozenset({"JSONDecodeError"}),
    "math": frozenset({"pi", "sqrt", "floor", "inf"}),
    "collections": frozenset({"Counter", "deque", "namedtuple", "abc"}),
    "collections.abc": frozenset({"Iterable"}),
    "string": frozenset({"digits", "Template"}),
    "operator": frozenset({"itemgetter", "add"}),
    "textwrap": frozenset({"dedent", "wrap"}),
    "re": frozenset({"match", "sub"}),
    "numpy": frozenset({"array", "mean", "linalg"}),
    "numpy.linalg": frozenset({"norm"}),
}
RULES = Rules(modules=frozenset(EXPORTS) - {"numpy", "numpy.linalg", "json.decoder"}, exports=EXPORTS.get)
WITH_NUMPY = Rules(modules=RULES.modules | {"numpy"}, exports=EXPORTS.get, numpy=True)


def found(source: str, rules: Rules = RULES) -> tuple[Violation, ...]:
    """What is found in `source`."""
    tree = parse(source)
    return tree if isinstance(tree, tuple) else check(tree, rules)


def broken(source: str, rules: Rules = RULES) -> list[str]:
    """The rules that `source` breaks."""
    return [violation.rule for violation in found(source, rules)]
