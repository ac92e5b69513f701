"""Random Dana programs for Hypothesis: trees that the parser can produce, and texts with comments in odd places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from dana_grammar import nodes as n
from dana_grammar.format import layout, unparse
from dana_grammar.parse import parse
from dana_grammar.span import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import DrawFn, SearchStrategy

PLAIN = ("a", "b", "xs", "value", "first_long_name", "ж")
SOFT = ("agent", "state", "resource", "module", "input", "match", "case", "deliver", "private", "x")
TEXTS = ('"a"', "'it'", 'r"\\d"', '"""two\nlines"""', "'# no comment'", '"(,"', '""', '"// no comment"')
FORMATTED = ('f"{a}"', "f'{a!r:>{b}}'", 'f"{{}} {xs[0]:.2f} {value=}"', 'f"""{a}\n{b}"""', "f'{f(\"x\")} # {a}'")
NUMBERS = ("0", "12", "1_000", "0xff", "4.5", "1e3", "2j", "5.")
CONSTANTS = {"true": True, "True": True, "false": False, "none": None, "None": None, "null": None}


def text_node(source: str) -> Any:
    """Return the node of a literal: what the parser makes of it."""
    statement: Any = parse(f"x = {source}\n").body[0]
    return statement.value


names = st.sampled_from(PLAIN)
words = st.sampled_from(PLAIN + SOFT)
plain_names = st.builds(n.Name, st.just(START), names)
texts = st.sampled_from([text_node(source) for source in TEXTS])
strings = texts | st.sampled_from([text_node(source) for source in FORMATTED])
numbers = st.sampled_from([text_node(source) for source in NUMBERS])
scoped = st.builds(n.ScopedName, st.just(START), st.sampled_from(("private", "public", "system", "local")), names)
leaves = (
    plain_names
    | numbers
    | strings
    | scoped
    | st.sampled_from(sorted(CONSTANTS)).map(lambda word: n.Constant(START, CONSTANTS[word], word))
    | st.just(n.Placeholder(START))
    | st.builds(n.JoinedText, st.just(START), st.lists(strings, min_size=2, max_size=3).map(tuple))
)


def node(kind: Callable[..., Any], *parts: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Return a strategy for nodes of one class."""
    return st.builds(kind, st.just(START), *parts)


def some(strategy: SearchStrategy[Any], least: int = 0, most: int = 3) -> SearchStrategy[tuple[Any, ...]]:
    """Return a strategy for a few of something."""
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


def maybe(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Return a strategy for something or None."""
    return st.none() | strategy


@st.composite
def weighted(draw: DrawFn, small: SearchStrategy[Any], large: SearchStrategy[Any], percent: int) -> Any:
    """Return one of `large` in about `percent` of all cases: below a limit, or trees would never end."""
    return draw(large if draw(st.integers(0, 99)) >= 100 - percent else small)


expressions: SearchStrategy[Any] = st.deferred(lambda: weighted(leaves, st.one_of(compound), 35))
items = st.deferred(lambda: weighted(expressions, node(n.Starred, expressions), 20))
types_: SearchStrategy[Any] = st.deferred(
    lambda: weighted(
        plain_names, node(n.Subscript, plain_names, types_) | node(n.Pipe, st.tuples(plain_names, plain_names)), 20
    )
)
places: SearchStrategy[Any] = st.deferred(
    lambda: (
        plain_names
        | scoped
        | node(n.Attribute, plain_names, words, st.just(START))
        | node(n.Subscript, plain_names, subscripts)
    )
)
slices = node(n.Slice, maybe(expressions), maybe(expressions), maybe(expressions))
subscripts: SearchStrategy[Any] = (
    expressions | slices | node(n.TupleDisplay, some(expressions | slices, 1), st.just(False))
)


@st.composite
def parameters(draw: DrawFn, *, annotated: bool = True) -> tuple[n.Parameter, ...]:
    """Return parameters in an order that Dana allows."""
    found = draw(st.lists(words, unique=True, max_size=4))
    split = draw(st.integers(0, len(found)))
    kinds = draw(st.sampled_from(("", "", "args", "kwargs")))
    result = []
    for place, name in enumerate(found):
        default = draw(expressions) if place >= split else None
        annotation = draw(maybe(types_)) if annotated else None
        result.append(n.Parameter(START, name, annotation, default))
    if kinds:
        result.append(n.Parameter(START, "rest", None, None, kinds))  # type: ignore[arg-type]  # one of the kinds
    return tuple(result)


@st.composite
def calls(draw: DrawFn) -> n.Call:
    """Return a call whose arguments stand in a legal order."""
    function = draw(expressions)
    if draw(st.booleans()):
        return n.Call(START, function, draw(some(comprehensions("generator"), 1, 1)))
    positional = draw(some(items))
    keys = draw(st.lists(words, unique=True, max_size=2))
    keywords = tuple(n.Keyword(START, key, draw(expressions)) for key in keys)
    return n.Call(START, function, (*positional, *keywords))


def comprehensions(kind: str) -> SearchStrategy[Any]:
    """Return comprehensions of one kind."""
    target = plain_names | node(n.TupleDisplay, some(plain_names, 2), st.just(False))
    clause = node(n.Clause, target, expressions, some(expressions, 0, 1))
    value = expressions if kind == "dict" else st.none()
    return node(n.Comprehension, st.just(kind), expressions, value, some(clause, 1, 2))


stages = st.deferred(lambda: weighted(expressions, node(n.Capture, expressions, names, st.just(START)), 30))
pipes = node(n.Pipe, some(stages, 2))
# Not `//`: what it is depends on the rest of the line, and has tests of its own.
binary_signs = st.sampled_from(("+", "-", "*", "/", "%", "**", "@", "<<", ">>", "&", "^"))
compare_signs = ("==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not")


@st.composite
def comparisons(draw: DrawFn) -> n.Compare:
    """Return a chain of comparisons."""
    signs = draw(st.lists(st.sampled_from(compare_signs), min_size=1, max_size=2))
    values = tuple(draw(expressions) for _ in signs)
    return n.Compare(START, draw(expressions), tuple(signs), values)  # type: ignore[arg-type]


compound: list[SearchStrategy[Any]] = [
    node(n.Attribute, expressions, words, st.just(START)),
    node(n.Subscript, expressions, subscripts),
    calls(),
    calls(),
    node(n.Unary, st.sampled_from(("+", "-", "~", "not")), expressions),
    node(n.Binary, expressions, binary_signs, expressions),
    pipes,
    node(n.Logical, st.sampled_from(("and", "or")), some(expressions, 2)),
    comparisons(),
    node(n.Conditional, expressions, expressions, expressions),
    node(n.Walrus, plain_names, expressions),
    node(n.Lambda, maybe(node(n.Parameter, names, types_, st.none())), parameters(), expressions),
    node(n.Lambda, st.none(), parameters(annotated=False), expressions, st.just(True)),
    node(n.ListDisplay, some(items)),
    node(n.TupleDisplay, some(items)),
    node(n.SetDisplay, some(items, 1)),
    node(n.DictDisplay, some(node(n.DictEntry, maybe(expressions), expressions))),
    *(comprehensions(kind) for kind in ("list", "set", "dict", "generator")),
]

values = weighted(expressions, node(n.TupleDisplay, some(expressions, 1), st.just(False)), 15)
blocks = st.deferred(lambda: some(statements, 1, 2))
paths = node(n.ModulePath, st.integers(0, 2), some(names, 1, 2))
imported = node(n.ImportedName, names, st.just("") | names)
targets = places | node(n.TupleDisplay, some(places, 1), st.just(False))

simple = st.one_of(
    node(n.ExpressionStatement, values),
    node(n.Assign, some(targets, 1, 2), values),
    node(n.Assign, some(plain_names, 1, 1), values),
    node(n.TypedAssign, places, types_, maybe(values)),
    node(n.AugmentedAssign, places, binary_signs, values),
    node(n.Return, maybe(values), st.sampled_from(("return", "deliver"))),
    node(n.Raise, expressions, maybe(expressions)),
    node(n.Assert, expressions, maybe(expressions)),
    node(n.Delete, some(places, 1)),
    node(n.Pass),
    node(n.Import, node(n.ModulePath, st.just(0), some(names, 1)), st.just("") | names),
    node(n.FromImport, paths, some(imported, 1)),
    node(n.Export, some(plain_names, 1)),
)

patterns: SearchStrategy[Any] = st.deferred(
    lambda: weighted(
        node(n.CapturePattern, names) | node(n.ValuePattern, numbers | texts),
        node(n.SequencePattern, some(patterns), st.sampled_from("[("))
        | node(n.OrPattern, some(patterns, 2))
        | node(n.AsPattern, patterns, names)
        | node(n.ClassPattern, plain_names, some(patterns), st.just(("kw",)), some(patterns, 1, 1))
        | node(n.MappingPattern, st.tuples(texts), some(patterns, 1, 1), st.sampled_from(("", "rest"))),
        30,
    )
)

unnamed = expressions.filter(lambda value: not has(value, n.Capture))
"""What may stand where `as` means something else."""
entered = unnamed.filter(lambda value: not isinstance(value, n.TupleDisplay))
"""What `with` may open: it takes the items of a tuple for its own."""

branches = some(node(n.Branch, expressions, blocks), 1, 2)
handlers = some(node(n.Handler, maybe(unnamed), st.sampled_from(("", "e")), blocks), 1, 2)
empty_or_block = st.just(()) | blocks
functions = node(
    n.Function, words, st.just(START), maybe(node(n.Parameter, names, types_, st.none())), parameters(), maybe(types_),
    blocks, some(expressions, 0, 1), st.booleans(),
)  # fmt: skip
pipelines = node(
    n.DeclarativePipeline, names, st.just(START), parameters(), maybe(types_), node(n.Pipe, some(expressions, 2)) | expressions,
    some(expressions, 0, 1),
)  # fmt: skip
fields = node(n.Field, words, types_, maybe(expressions))
members = some(fields | fields | functions | pipelines, 1)
structs = node(
    n.Struct, st.sampled_from(("struct", "resource", "workflow", "agent_blueprint")), names, st.just(START), st.none(),
    some(plain_names, 0, 2), members, maybe(texts), some(expressions, 0, 1),
)  # fmt: skip
interfaces = node(
    n.Interface, names, st.just(START),
    some(plain_names | node(n.InterfaceMethod, names, parameters(), maybe(types_)), 1), maybe(texts),
)  # fmt: skip
agents = node(n.Agent, names, st.just(START), maybe(plain_names), st.just(()), st.just(False)) | node(
    n.Agent, names, st.just(START), maybe(plain_names), members, st.just(True), maybe(texts),
)  # fmt: skip
compound_statements: list[SearchStrategy[Any]] = [
    node(n.If, branches, empty_or_block),
    node(n.While, expressions, blocks, empty_or_block),
    node(n.For, plain_names, values, blocks, empty_or_block),
    node(n.With, some(node(n.WithItem, entered, maybe(plain_names)), 1, 2), blocks),
    node(n.Try, blocks, handlers, empty_or_block, empty_or_block),
    node(n.Match, expressions, some(node(n.MatchCase, patterns, maybe(unnamed), blocks), 1, 2)),
    functions,
    pipelines,
    structs,
    interfaces,
    agents,
    node(n.Module, names, st.just(START), blocks),
    node(n.PipelineBlock, names, st.just(START), st.just((n.Pass(START),)), maybe(texts)),
]
statements: SearchStrategy[Any] = st.deferred(lambda: weighted(simple, st.one_of(compound_statements), 25))
programs = st.builds(n.Program, st.just(START), some(statements, 0, 4))


own_lines = weighted(
    st.just([]),
    st.lists(
        st.builds(
            lambda blanks, text: " " * blanks + text, st.integers(0, 12), st.sampled_from(("# own", "// own", ""))
        ),
        max_size=2,
    ),
    40,
)


@st.composite
def commented_texts(draw: DrawFn) -> str:
    """Return a program in short lines, with comments after them and between them."""
    lines = narrow(draw(programs)).split("\n")
    inside = literal_lines("\n".join(lines))
    result: list[str] = []
    for number, line in enumerate(lines):
        if number not in inside:
            result += draw(own_lines)
        trailing = draw(st.sampled_from(("", "", "  # t", "# t #", "  // two words")))
        open_literal = number + 1 in inside or not line.strip()
        result.append(line if open_literal else line + trailing)
    return "\n".join(result)


def has(value: Any, kind: type[n.Node]) -> bool:
    """Tell whether a tree has a node of a class in it."""
    return any(isinstance(item, kind) for item in nodes_in(value))


def nodes_in(tree: Any) -> Iterator[Any]:
    """Yield all nodes of a tree."""
    pending = [tree]
    while pending:
        item = pending.pop()
        if isinstance(item, n.Node):
            yield item
            pending += [getattr(item, name) for name in type(item).__match_args__ if name not in {"span", "name_span"}]
        elif isinstance(item, tuple):
            pending += item


def narrow(program: n.Program) -> str:
    """Return the text of a program in lines so short that nearly every bracket is broken."""
    width = layout.WIDTH
    layout.WIDTH = 12
    try:
        return unparse(program)
    finally:
        layout.WIDTH = width


def literal_lines(text: str) -> set[int]:
    """Return the lines, from 0, that start inside of a string."""
    literals = (item for item in nodes_in(parse(text)) if isinstance(item, n.Text | n.FormattedText))
    return {line for item in literals for line in range(item.span.line, item.span.end_line)}
