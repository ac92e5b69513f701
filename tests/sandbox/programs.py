"""Random programs as text: small, mostly sensible, with names that a sandbox must look at twice."""

from hypothesis import strategies as st

NAMES = st.sampled_from(
    "a b x self result open eval _ __ _x __x _x_ __init__ __class__ __match_args__ __slots__ __builtins__ __name__ "
    "json math format mro obj gi_frame getattr setattr super type metaclass".split()
)
_LITERALS = st.sampled_from(["0", "1.5", "2j", "'t'", "b'u'", "None", "...", "'{0.__class__}'", "'__class__'", "0xff"])


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def build(shape: str, *parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.builds(shape.format, *parts)

    return st.one_of(
        build("({}).{}", inner, NAMES),
        build("{}({}, {}={})", inner, inner, NAMES, inner),
        build("({}) + ({})", inner, inner),
        build("not ({})", inner),
        build("({}) if ({}) else ({})", inner, inner, inner),
        build("[{}, *{}]", inner, inner),
        build("{{{}: {}, **{}}}", inner, inner, inner),
        build("[{} for {} in {} if {}]", inner, NAMES, inner, inner),
        build("{{{} async for {} in {}}}", inner, NAMES, inner),
        build("(lambda {}, /, *, {}=1, **k: {})", NAMES, NAMES, inner),
        build("({} := {})", NAMES, inner),
        build("({})[{}:{}]", inner, inner, inner),
        build("getattr({}, {})", inner, inner),
        build("(yield {})", inner),
        build("f'{{{}!r:>{{{}}}}}'", NAMES, NAMES),
        build("({}) < ({}) is not ({})", inner, inner, inner),
    )


expressions = st.recursive(NAMES | _LITERALS, _wider, max_leaves=8)

patterns = st.recursive(
    NAMES | st.sampled_from(["_", "1", "-1", "'a'", "None", "a.b", "a.__class__.b"]),
    lambda inner: st.one_of(
        st.builds("[{}, *{}]".format, inner, NAMES),
        st.builds("{{'k': {}, **{}}}".format, inner, NAMES),
        st.builds("{}({}, {}={})".format, NAMES, inner, NAMES, inner),
        st.builds("({}) | 2".format, inner),
        st.builds("({}) as {}".format, inner, NAMES),
    ),
    max_leaves=4,
)

_SIMPLE = st.one_of(
    expressions,
    st.builds("{} = {}".format, NAMES, expressions),
    st.builds("({}).{} = {}".format, expressions, NAMES, expressions),
    st.builds("{} += {}".format, NAMES, expressions),
    st.builds("{}: {} = {}".format, NAMES, expressions, expressions),
    st.builds("{}, *{} = {}".format, NAMES, NAMES, expressions),
    st.builds("del {}, {}.{}".format, NAMES, NAMES, NAMES),
    st.builds("import {}.{}, {} as {}".format, NAMES, NAMES, NAMES, NAMES),
    st.builds("from {}{} import {} as {}".format, st.sampled_from(["", ".", ".."]), NAMES, NAMES, NAMES),
    st.builds("from {} import *".format, NAMES),
    st.builds("global {}, {}".format, NAMES, NAMES),
    st.builds("nonlocal {}".format, NAMES),
    st.builds("raise {} from {}".format, expressions, expressions),
    st.builds("assert {}, {}".format, expressions, expressions),
    st.sampled_from(
        ["pass", "break", "continue", "return", "from __future__ import annotations", "__slots__ = 'a', 'b'"]
    ),
)

_HEADS = st.one_of(
    st.builds("if {}:".format, expressions),
    st.builds("while {}:".format, expressions),
    st.builds("for {} in {}:".format, NAMES, expressions),
    st.builds("async for {} in {}:".format, NAMES, expressions),
    st.builds("with {} as {}:".format, expressions, NAMES),
    st.builds("async with {} as {}:".format, expressions, NAMES),
    st.builds("@{}\ndef {}({}, /, {}: {} = 1, *{}, {}=2, **{}) -> {}:".format, *[NAMES] * 8, expressions),
    st.builds("async def {}({}):".format, NAMES, NAMES),
    st.builds("@{}\nclass {}({}, {}={}):".format, expressions, NAMES, expressions, NAMES, expressions),
    st.builds("class {}({}, **{}):".format, NAMES, expressions, expressions),
    st.builds("try:\n    pass\nexcept {} as {}:".format, expressions, NAMES),
    st.builds("try:\n    pass\nexcept* {} as {}:".format, expressions, NAMES),
    st.builds("try:\n    pass\nfinally:".format),
)


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.split("\n"))


def _block(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map("\n".join).map(_indented)
    return st.one_of(
        st.builds("{}\n{}".format, _HEADS, body),
        st.builds("match {}:\n    case {} if {}:\n{}".format, expressions, patterns, expressions, body.map(_indented)),
    )


programs = st.lists(st.recursive(_SIMPLE, _block, max_leaves=5), max_size=5).map("\n".join)
