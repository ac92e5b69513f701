"""Random Dana expressions whose meaning Python shares: no text meets a number, no text stands in a truth test."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES: dict[str, object] = {
    "i": 3, "j": -2, "k": 0, "x": 2.5, "y": -0.5, "yes": True, "no": False, "s": "abc", "e": "", "xs": [3, 1, 2],
    "ys": [], "pairs": [(1, "a"), (2, "b")], "d": {"a": 1, "b": 2},
}  # fmt: skip
"""What the expressions may name. Every expression is one of a kind: number, truth value, text or list of numbers."""


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    """Return the parts in a row, in brackets."""
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(
        lambda found: f"({''.join(found)})"
    )


def expressions(depth: int = 3) -> dict[str, st.SearchStrategy[str]]:
    """Return strategies for expressions of each kind, no deeper than `depth`."""
    if depth == 0:
        return {
            "number": st.one_of(st.integers(-5, 9).map(str), st.sampled_from(["0.5", "2.0", "i", "j", "k", "x", "y"])),
            "truth": st.sampled_from(["true", "false", "yes", "no", "i", "k", "xs", "ys"]),
            "text": st.sampled_from(["s", "e", "'q'", '"a b"', "f'{i}-{s}'"]),
            "list": st.sampled_from(["xs", "ys", "[1, i, 2]", "[j]", "list(d.values())"]),
        }
    inner = expressions(depth - 1)
    number, truth, text, items = inner["number"], inner["truth"], inner["text"], inner["list"]
    order = st.sampled_from([" < ", " <= ", " > ", " >= ", " == ", " != "])
    return {
        "number": st.one_of(
            number,
            joined(number, st.sampled_from([" + ", " - ", " * ", " / ", " // ", " % "]), number),
            joined("-", number), joined("len", joined(items)), joined("len", joined(text)), joined("sum", joined(items)),
            joined(number, " if ", truth, " else ", number), joined(items, "[", number, "]"),
            joined("d['a'] + ", number), joined("(lambda a, b = 2: a * b + 1)", joined(number)),
            joined(number, " and ", number), joined(number, " or ", number), joined("abs", joined(number)),
        ),
        "truth": st.one_of(
            truth,
            joined(number, order, number), joined(text, order, text), joined(number, order, number, order, number),
            joined("not ", truth), joined(truth, " and ", truth), joined(truth, " or ", truth, " or ", truth),
            joined(number, " in ", items), joined(text, " not in ", text), joined("any(v > 1 for v in ", items, ")"),
            joined(items, " == ", items), joined(number, " is not None"),
        ),
        "text": st.one_of(
            text,
            joined(text, " + ", text), joined(text, "[", st.sampled_from(["1:", ":-1", "::-1", "0:2"]), "]"),
            joined(text, ".upper()"), joined(text, " * 2"), joined(text, " if ", truth, " else ", text),
            joined("', '.join([v for v in ", text, "])"), joined("'{}|{:>4}'.format", joined(number, ", ", text)),
        ),
        "list": st.one_of(
            items,
            joined(items, " + ", items), joined(items, "[", st.sampled_from(["1:", ":-1", "::2", "-2:", "i:"]), "]"),
            joined("[v * 2 for v in ", items, " if v != ", number, "]"),
            joined("[v + w for v in ", items, " for w in ", items, " if v < w]"),
            joined("[", number, ", *", items, "]"), joined("sorted", joined(items)),
            joined("[n + ", number, " for n, t in pairs if t == ", text, "]"), joined("[*{v: v for v in ", items, "}]"),
        ),
    }  # fmt: skip


def any_expression(depth: int = 3) -> st.SearchStrategy[str]:
    """Return a strategy for expressions of any kind."""
    return st.one_of(*expressions(depth).values())
