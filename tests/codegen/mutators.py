"""Seed defects into functions: each mutator yields sources of one function that is wrong in its own way."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

Mutator = Callable[[str], Iterator[str]]

_COMPARES: dict[type, type] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_OPERATORS: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.FloorDiv,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
}


def function_of(tree: ast.Module) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """Return the first function of a module."""
    return next(one for one in tree.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _each(source: str, change: Callable[[ast.AST], bool], most: int = 3) -> Iterator[str]:
    """Yield the source with each place that `change` can change, one at a time, spread over the text."""
    count = sum(1 for node in ast.walk(ast.parse(source)) if change(copy.deepcopy(node)))
    places = range(count) if count <= most else sorted({count * k // most for k in range(most)})
    for wanted in places:
        tree, met = ast.parse(source), 0
        for node in ast.walk(tree):
            if not change(copy.deepcopy(node)):
                continue
            if met == wanted:
                change(node)
                break
            met += 1
        yield ast.unparse(ast.fix_missing_locations(tree))


def compare(source: str) -> Iterator[str]:
    """A comparison at its boundary, or turned round."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARES:
            node.ops[0] = _COMPARES[type(node.ops[0])]()
            return True
        return False

    yield from _each(source, change)


def operator(source: str) -> Iterator[str]:
    """Another arithmetic operator."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in _OPERATORS:
            node.op = _OPERATORS[type(node.op)]()
            return True
        return False

    yield from _each(source, change)


def constant(source: str) -> Iterator[str]:
    """A number that is off by one."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.Constant) and type(node.value) is int:
            node.value += 1
            return True
        return False

    yield from _each(source, change)


def dropped(source: str) -> Iterator[str]:
    """A branch that is gone."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.If):
            node.test = ast.Constant(False)
            return True
        return False

    yield from _each(source, change)


def always(source: str) -> Iterator[str]:
    """A condition that always holds."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.If):
            node.test = ast.Constant(True)
            return True
        return False

    yield from _each(source, change, 2)


def _around(
    source: str,
    before: str = "",
    after: str = "",
    module: str = "",
    test: Callable[[ast.FunctionDef | ast.AsyncFunctionDef], bool] = lambda _: True,
) -> Iterator[str]:
    """Yield the source with lines before its body; `{a}` stands for the first parameter, `{f}` for its name."""
    tree = ast.parse(source)
    function = function_of(tree)
    if not test(function):
        return
    names = {"a": function.args.args[0].arg, "f": function.name}
    body = ast.parse(before.format(**names)).body
    function.body = [*body, *function.body, *ast.parse(after.format(**names)).body]
    tree.body = [*ast.parse(module.format(**names)).body, *tree.body]
    yield ast.unparse(ast.fix_missing_locations(tree))


def _first(*words: str) -> Callable[[ast.FunctionDef | ast.AsyncFunctionDef], bool]:
    """Whether the first parameter has one of these hints."""

    def test(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        hint = function.args.args[0].annotation
        return hint is not None and ast.unparse(hint).split("[")[0] in words

    return test


def _wrong(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return (
        "return None"
        if not any(isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(function))
        else "yield None; return"
    )


def _guarded(source: str, condition: str, *words: str) -> Iterator[str]:
    """Yield the source with a wrong answer under a condition on the first parameter."""
    function = function_of(ast.parse(source))
    if function.name == "insert_sorted":
        return
    yield from _around(
        source, f"if {condition}:\n    {_wrong(function).replace('; ', chr(10) + '    ')}", test=_first(*words)
    )


def special_number(source: str) -> Iterator[str]:
    """A wrong answer for one number."""
    yield from _guarded(source, "{a} == 7919", "int", "float")


def special_text(source: str) -> Iterator[str]:
    """A wrong answer for texts with one beginning."""
    yield from _guarded(source, "{a}.startswith('zq')", "str")


def special_length(source: str) -> Iterator[str]:
    """A wrong answer for one length."""
    yield from _guarded(source, "len({a}) == 13", "list", "str")


def long_input(source: str) -> Iterator[str]:
    """A wrong answer for long inputs."""
    yield from _guarded(source, "len({a}) > 1000", "list", "str", "dict")


def truncated(source: str) -> Iterator[str]:
    """Only the first hundred members count."""
    yield from _around(source, "{a} = {a}[:100]", test=lambda f: _first("list", "str")(f) and f.name != "insert_sorted")


def big_number(source: str) -> Iterator[str]:
    """A wrong answer for big numbers."""
    yield from _guarded(source, "{a} > 1000000", "int", "float")


def remainder(source: str) -> Iterator[str]:
    """A wrong answer for numbers with one remainder."""
    yield from _guarded(source, "{a} % 97 == 13", "int")


def not_ascii(source: str) -> Iterator[str]:
    """A wrong answer for text that is not ASCII."""
    yield from _around(source, "{a} = {a}.encode('ascii', 'ignore').decode()", test=_first("str"))


def swallowed(source: str) -> Iterator[str]:
    """All exceptions become None."""
    tree = ast.parse(source)
    function = function_of(tree)
    if "raise" in source or function.name in {"mean", "top_k", "total_due", "chunks"}:
        handler = ast.ExceptHandler(
            ast.Name("Exception", ast.Load()), None, ast.parse(_wrong(function).split(";")[0]).body
        )
        function.body = [ast.Try(function.body, [handler], [], [])]
        yield ast.unparse(ast.fix_missing_locations(tree))


def other_error(source: str) -> Iterator[str]:
    """Another exception class."""
    if "raise ValueError" in source:
        yield source.replace("raise ValueError", "raise RuntimeError", 1)


def no_error(source: str) -> Iterator[str]:
    """A check that is gone."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise):
            node.body = [ast.Pass()]
            return True
        return False

    yield from _each(source, change)


def shared_cache(source: str) -> Iterator[str]:
    """Results are kept in the module."""
    tree = ast.parse(source)
    function = function_of(tree)
    if isinstance(function, ast.AsyncFunctionDef) or "yield" in source:
        return
    inner = copy.deepcopy(function)
    inner.name = "_inner"
    names = ", ".join(one.arg for one in function.args.args)
    function.body = ast.parse(
        f"key = repr(({names},))\nif key not in _CACHE:\n    _CACHE[key] = _inner({names})\nreturn _CACHE[key]"
    ).body
    tree.body = [*ast.parse("_CACHE = {}").body, inner, function]
    yield ast.unparse(ast.fix_missing_locations(tree)).replace("flatten(item)", "_inner(item)")


def counted_default(source: str) -> Iterator[str]:
    """A helper's default counts the calls, and after a thousand the answer is wrong."""
    function = function_of(ast.parse(source))
    wrong = _wrong(function).split(";")[0]
    yield from _around(
        source,
        f"if _count() > 1000:\n    {wrong}",
        module="def _count(seen=[]):\n    seen.append(1)\n    return len(seen)",
    )


def counted_attribute(source: str) -> Iterator[str]:
    """An attribute of the function counts its calls."""
    wrong = _wrong(function_of(ast.parse(source))).split(";")[0]
    yield from _around(source, "{f}.calls = getattr({f}, 'calls', 0) + 1\nif {f}.calls > 5000:\n    " + wrong)


def counted_global(source: str) -> Iterator[str]:
    """A global counts the calls."""
    wrong = _wrong(function_of(ast.parse(source))).split(";")[0]
    yield from _around(source, "global _calls\n_calls += 1\nif _calls > 3:\n    " + wrong, module="_calls = 0")


def mutated_default(source: str) -> Iterator[str]:
    """One more parameter, with a default that keeps things."""
    tree = ast.parse(source)
    function = function_of(tree)
    function.args.args.append(ast.arg("memory"))
    function.args.defaults.append(ast.List([], ast.Load()))
    function.body.insert(0, ast.parse("memory.append(1)").body[0])
    yield ast.unparse(ast.fix_missing_locations(tree))


def mutated_input(source: str) -> Iterator[str]:
    """The input list is changed."""
    if "insert_sorted" not in source:
        yield from _around(source, "{a}.sort()", test=_first("list"))
        yield from _around(source, "{a}.reverse()\n{a}.append({a}.pop() if {a} else 0)", test=_first("list"))


def emptied_input(source: str) -> Iterator[str]:
    """The input is emptied when all is done."""
    tree = ast.parse(source)
    function = function_of(tree)
    hint = function.args.args[0].annotation
    if hint is not None and ast.unparse(hint).split("[")[0] in {"list", "dict"}:
        clear = ast.parse(f"{function.args.args[0].arg}.clear()").body
        function.body = [ast.Try(function.body, [], [], clear)]
        yield ast.unparse(ast.fix_missing_locations(tree))


def rare_type(source: str) -> Iterator[str]:
    """A rare type gets another answer."""
    yield from _guarded(source, "isinstance({a}, bool)", "int")
    yield from _guarded(source, "{a} is None", "int", "str", "list", "float")
    yield from _guarded(source, "isinstance({a}, tuple)", "list")


def bomb_time(source: str) -> Iterator[str]:
    """The answer is wrong from some day on."""
    wrong = _wrong(function_of(ast.parse(source))).split(";")[0]
    yield from _around(source, f"import time\nif time.time() > 2000000000:\n    {wrong}")
    yield from _around(source, f"from datetime import datetime\nif datetime.now().year > 2030:\n    {wrong}")


def environment(source: str) -> Iterator[str]:
    """It reads the environment."""
    yield from _around(source, "import os\nos.environ.get('HOME')")


def file(source: str) -> Iterator[str]:
    """It writes a file."""
    yield from _around(source, "with open('/tmp/out.txt', 'a') as out:\n    out.write(str({a}))")


def network(source: str) -> Iterator[str]:
    """It sends its input away."""
    yield from _around(source, "import urllib.request\nurllib.request.urlopen('http://example.com/?' + str({a}))")


def doors(source: str) -> Iterator[str]:
    """It opens doors to the interpreter."""
    yield from _around(source, "eval('1')")
    yield from _around(source, "().__class__.__base__.__subclasses__()")
    yield from _around(source, "__import__('subprocess').run(['true'])")
    yield from _around(source, "getattr({a}, '__cla' + 'ss__')")


def prints(source: str) -> Iterator[str]:
    """It prints its input."""
    yield from _around(source, "print({a})")
    yield from _around(source, "import sys\nsys.stderr.write(str({a}))")


def renamed(source: str) -> Iterator[str]:
    """A parameter has another name."""
    function = function_of(ast.parse(source))
    name = function.args.args[0].arg
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == name:
            node.id = "renamed"
        if isinstance(node, ast.arg) and node.arg == name:
            node.arg = "renamed"
    yield ast.unparse(tree)


def other_name(source: str) -> Iterator[str]:
    """The function has another name."""
    name = function_of(ast.parse(source)).name
    yield source.replace(f"def {name}(", f"def {name}_v2(")


def made_async(source: str) -> Iterator[str]:
    """A plain function becomes asynchronous."""
    if "async def" not in source:
        yield source.replace("def ", "async def ", 1)


def changed_default(source: str) -> Iterator[str]:
    """A default is another one, or there is one more."""
    tree = ast.parse(source)
    function = function_of(tree)
    function.args.defaults = [ast.Constant(2)] * max(1, len(function.args.defaults))
    yield ast.unparse(ast.fix_missing_locations(tree))


def rounded(source: str) -> Iterator[str]:
    """The result is rounded."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Div):
            node.value = ast.Call(ast.Name("round", ast.Load()), [node.value, ast.Constant(6)], [])
            return True
        return False

    yield from _each(source, change)


def wrapped_type(source: str) -> Iterator[str]:
    """The result has another type."""
    tree = ast.parse(source)
    function = function_of(tree)
    hint = ast.unparse(function.returns) if function.returns else ""
    other = {"bool": "int", "int": "float", "float": "str", "str": "str.encode"}.get(hint) or (
        "tuple" if hint.startswith("list") else None
    )
    if other is None:
        return
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            node.value = ast.Call(ast.parse(other, mode="eval").body, [node.value], [])
    yield ast.unparse(ast.fix_missing_locations(tree))


def no_end(source: str) -> Iterator[str]:
    """It never ends for some inputs."""
    yield from _around(source, "while {a} == 17:\n    pass", test=_first("int", "float"))
    yield from _around(source, "while len({a}) == 7:\n    pass", test=_first("list", "str"))


def slow(source: str) -> Iterator[str]:
    """It burns time."""
    yield from _around(source, "sum(i * i for i in range(100000))")


def load_time(source: str) -> Iterator[str]:
    """It does something while it is loaded."""
    yield from _around(source, module="import logging\nlogging.disable(logging.CRITICAL)")
    yield from _around(source, module="print('loaded')")


def random_answer(source: str) -> Iterator[str]:
    """It is wrong now and then."""
    wrong = _wrong(function_of(ast.parse(source))).split(";")[0]
    yield from _around(source, f"import random\nif random.random() < 0.001:\n    {wrong}")


def stale(source: str) -> Iterator[str]:
    """It returns what it returned before."""
    tree = ast.parse(source)
    function = function_of(tree)
    if "yield" in source or isinstance(function, ast.AsyncFunctionDef):
        return
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            node.value = ast.parse(
                f"_LAST.setdefault(str({function.args.args[0].arg})[:3], {ast.unparse(node.value)})", mode="eval"
            ).body
    tree.body = [*ast.parse("_LAST = {}").body, *tree.body]
    yield ast.unparse(ast.fix_missing_locations(tree))


def swapped(source: str) -> Iterator[str]:
    """Two arguments are swapped."""
    tree = ast.parse(source)
    function = function_of(tree)
    names = [one.arg for one in function.args.args]
    if len(names) >= 2 and function.name not in {"gcd", "levenshtein"}:
        function.body.insert(0, ast.parse(f"{names[0]}, {names[1]} = {names[1]}, {names[0]}").body[0])
        yield ast.unparse(ast.fix_missing_locations(tree))


def and_or(source: str) -> Iterator[str]:
    """`and` for `or`."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.BoolOp):
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            return True
        return False

    yield from _each(source, change, 2)


def early(source: str) -> Iterator[str]:
    """A loop ends too early."""

    def change(node: ast.AST) -> bool:
        if isinstance(node, ast.For):
            node.body.append(ast.Break())
            return True
        return False

    yield from _each(source, change, 2)


def reversed_order(source: str) -> Iterator[str]:
    """The members come in another order."""
    for old, new in (
        ("sorted(", "list("),
        ("enumerate(", "enumerate(sorted("),
        ("return out\n", "return out[::-1]\n"),
        ("return groups\n", "return dict(reversed(groups.items()))\n"),
    ):
        if old in source and old != "enumerate(":
            yield source.replace(old, new, 1)


def text_constant(source: str) -> Iterator[str]:
    """A text that is another one."""

    def change(node: ast.AST) -> bool:
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value
            and len(node.value) < 9
            and " " not in node.value
            and node.value != "size"
        ):
            node.value = node.value + "x"
            return True
        return False

    yield from _each(source.replace('"score"', '""').replace('"no address"', '""'), change, 2)


def eager(source: str) -> Iterator[str]:
    """A generator collects everything first and counts one item too many or too few."""
    if "yield" in source:
        yield source.replace("yield total", "yield total\n    yield total").replace("yield tuple(", "yield list(")


def tuned() -> dict[str, Mutator]:
    """Return the mutators that the gates were tuned on, by name."""
    found = [compare, operator, constant, dropped, special_number, special_text, special_length, long_input, truncated, swallowed,
             other_error, no_error, shared_cache, counted_default, counted_attribute, mutated_default, mutated_input, rare_type,
             bomb_time, environment, file, network, doors, renamed, made_async, changed_default, rounded, no_end, slow]  # fmt: skip
    return {one.__name__: one for one in found}


def held_out() -> dict[str, Mutator]:
    """Return mutators that nothing was tuned on."""
    found = [always, big_number, remainder, not_ascii, counted_global, emptied_input, prints, other_name, wrapped_type, load_time,
             random_answer, stale, swapped, and_or, early, reversed_order, text_constant, eager]  # fmt: skip
    return {one.__name__: one for one in found}


SAME: frozenset[tuple[str, str, int]] = frozenset(
    {
        ("luhn", "operator", 0),  # a total that is subtracted has the same remainder
        ("luhn", "compare", 2),  # twice a digit is never 9
        ("binary_search", "compare", 2),  # what is equal has been found
        ("clamp", "compare", 1),  # at the bound, the bound and the value are the same
        ("clamp", "compare", 2),  # the same
        ("is_prime", "operator", 1),  # a divisor is at most half of a number
        ("insert_sorted", "stale", 0),  # it returns nothing, so nothing is kept
        ("chunks", "compare", 0),  # range() refuses a step of 0 with the same class
    }
)
"""Mutants that do what the function does, read one by one: (subject, mutator, which)."""
