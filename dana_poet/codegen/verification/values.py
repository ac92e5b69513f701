"""Values for hints: pools of what breaks functions, mined constants, and a few values that one case uses again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification import pools
from dana_poet.codegen.verification.exact import EXACT, make_exact
from dana_poet.codegen.verification.hints import Hint
from dana_poet.codegen.verification.linked import joined
from dana_poet.codegen.verification.mining import Mined, numbers_around, roots_of
from dana_poet.codegen.verification.patterns import matching, mixed_matches
from dana_poet.codegen.verification.texts import formed, recased, sized, structured, wordy

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

    from dana_poet.codegen.verification.focus import Focus


@dataclass(slots=True)
class _Pools:
    ints: list[int] = field(default_factory=list)
    floats: list[float] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


class Values:
    """Makes values. `fresh` begins a case: its values come from a few, so that two of them are often equal."""

    def __init__(
        self,
        rng: random.Random,
        mined: Mined,
        seeds: list[Any],
        keys: dict[str, Hint] | None = None,
        forms: Sequence[str] = (),
    ) -> None:
        self.rng, self.keys, self.forms = rng, keys or {}, forms
        self.mined = mined
        self.pools = _Pools(
            [*numbers_around(mined.ints), *[one for one in seeds if type(one) is int], *roots_of(mined.ints)],
            [
                *numbers_around(mined.floats),
                *[one for one in seeds if type(one) is float],
                *[float(one) for one in mined.ints if abs(one) < 1e15],
            ],
            [*mined.texts, *[one for one in seeds if type(one) is str]],
            list(dict.fromkeys([*mined.keys, *(one for one in mined.texts if one.isidentifier())])),
        )
        self.patterns = mined.patterns or [one for one in mined.texts if "\\" in one or "[" in one]
        for pattern in self.patterns:
            self.pools.texts += matching(pattern, rng, 8)
        self.letters = sorted({one for text in self.pools.texts for one in text})[:80]
        self.marks = [one for one in self.pools.texts if 0 < len(one) < 3 and not one.isalnum()]
        self._few: dict[str, list[Any]] = {}
        self._focus: Focus | None = None

    def fresh(self) -> None:
        """Begin a new case."""
        self._few = {}

    @contextlib.contextmanager
    def focused(self, focus: Focus) -> Iterator[None]:
        """Make values of a focus until the end of the block."""
        self._focus = focus
        try:
            yield
        finally:
            self._focus = None

    def pick(self, kind: str) -> Any:
        """Return one of the few values of this kind that the case is made of."""
        few = self._few.get(kind)
        if few is None:
            few = self._few[kind] = [self._draw(kind) for _ in range(self.rng.choice((2, 3, 3, 4, 6)))]
        return self.rng.choice(few)

    def _draw(self, kind: str) -> Any:
        rng, focus = self.rng, self._focus
        if focus is not None and focus.pools.get(kind) and (focus.only or rng.random() < 0.6):
            return rng.choice(focus.pools[kind])
        match kind:
            case "int":
                return self._int()
            case "float":
                return self._float()
            case "str":
                return self._text()
            case _ if kind in EXACT:
                return make_exact(kind, rng, self._wanted())
            case "key":
                return rng.choice(self.pools.keys) if self.pools.keys and rng.random() < 0.8 else rng.choice(pools.KEYS)
            case _:
                return rng.random() < 0.5

    def _wanted(self) -> Mined:
        """Return the constants to make values near of: those of the focus, or of all the code."""
        if self._focus is None:
            return self.mined
        pools = self._focus.pools
        return Mined(pools.get("int", []), pools.get("float", []), pools.get("str", []))

    def _int(self) -> int:
        rng, roll = self.rng, self.rng.random()
        if self.pools.ints and roll < 0.4:
            return rng.choice(self.pools.ints)
        if roll < 0.75:
            return rng.choice(pools.INTS)
        return rng.randint(-20, 120) if roll < 0.94 else rng.choice(pools.BIG)

    def _float(self) -> float:
        rng, roll = self.rng, self.rng.random()
        if self.pools.floats and roll < 0.35:
            return rng.choice(self.pools.floats)
        if roll < 0.7:
            return rng.choice(pools.FLOATS)
        if roll < 0.74:
            return rng.choice(pools.ODD_FLOATS)
        return (
            round(rng.uniform(-50, 150), rng.choice((0, 1, 2, 3, 9)))
            if roll < 0.93
            else rng.randint(-9, 200) * rng.choice(pools.STEPS)
        )

    def _text(self) -> str:
        rng, roll = self.rng, self.rng.random()
        if self.forms and rng.random() < 0.3:
            return formed(rng.choice(self.forms), rng, self.mined)
        if self.mined.splits and rng.random() < 0.3:
            return joined(self.mined, rng)
        if self.mined.lengths and rng.random() < 0.12:
            return sized(max(0, rng.choice(self.mined.lengths) + rng.choice((0, 0, 0, 1, -1))), rng)
        if roll < 0.05:
            return wordy(rng)
        if self.pools.texts and roll < 0.3:
            known = rng.choice(self.pools.texts)
            return recased(known, rng) if roll < 0.09 else known
        if self.pools.texts and roll < 0.6:
            return self._mixed()
        if roll > 0.96:
            return "".join(rng.choice("0123456789") for _ in range(rng.randint(2, 14)))
        return (
            rng.choice(pools.TEXTS)
            if roll < 0.9
            else "".join(rng.choice("abc ABC019-_.,é٣") for _ in range(rng.randint(1, 14)))
        )

    def _mixed(self) -> str:
        """Return parts of known texts, letters of them and numbers, one after the other."""
        rng = self.rng
        marks = self.marks
        if self.patterns and rng.random() < 0.4:
            return mixed_matches(self.patterns, rng)
        if marks and rng.random() < 0.35:
            if rng.random() < 0.5:
                return structured(marks, rng)
            words = (
                "".join(rng.choice("abcXY019") for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))))
                for _ in range(rng.choice((2, 2, 3)))
            )
            return rng.choice(marks).join(words)
        parts = []
        for _ in range(rng.randint(1, 5)):
            roll = rng.random()
            if roll < 0.35 and self.pools.texts:
                parts.append(rng.choice(self.pools.texts)[:30])
            elif roll < 0.65 and self.letters:
                parts.append(rng.choice(self.letters))
            else:
                parts.append(rng.choice(("1", "2", "0", "30", "a", "B", " ", "-", "7", "12", "٣")))
        return "".join(parts)

    def length(self) -> int:
        """Return how many members a container gets."""
        if self._focus is not None and self._focus.lengths and self.rng.random() < 0.7:
            return max(0, self.rng.choice(self._focus.lengths) + self.rng.choice((0, 0, 1, -1)))
        if self.mined.lengths and self.rng.random() < 0.15:
            return min(max(0, self.rng.choice(self.mined.lengths) + self.rng.choice((0, 1, -1))), 3000)
        return self.rng.choice(pools.LENGTHS)

    def make(self, hint: Hint, depth: int) -> Any:
        """Return a value that fits a hint."""
        rng = self.rng
        match hint.kind:
            case "int" | "float" | "bool":
                return int(self.pick("int")) if hint.kind == "float" and rng.random() < 0.15 else self.pick(hint.kind)
            case "str":
                return self._sized_text()
            case "None":
                return None
            case _ if hint.kind in EXACT:
                return self.pick(hint.kind)
            case "complex":
                return complex(self.pick("float"), self.pick("float"))
            case "bytes" | "bytearray":
                made = (
                    rng.choice(self.mined.data)
                    if self.mined.data and rng.random() < 0.4
                    else str(self.pick("str")).encode("utf-8", "replace")
                )
                return made if hint.kind == "bytes" else bytearray(made)
            case "union":
                return self.make(rng.choice(hint.parts), depth)
            case "tree":
                return self._tree(hint, 0)
            case "literal":
                return rng.choice(hint.values) if hint.values else None
            case "callable":
                return ("\0fn", rng.choice(("same", "double", "less", "odd", "yes", "fails", "fails once", "wrong")))
            case "any" | "other" | "key":
                return self._anything(depth, plain=hint.kind == "key")
            case _:
                return self._container(hint, depth)

    def _sized_text(self) -> str:
        focus = self._focus
        text = str(self.pick("str"))
        if focus is not None and focus.lengths and self.rng.random() < 0.5:
            size = max(0, self.rng.choice(focus.lengths) + self.rng.choice((0, 0, 1, -1)))
            return ((text or "ab") * (size // len(text or "ab") + 1))[:size]
        return text

    def _container(self, hint: Hint, depth: int) -> Any:
        inner = hint.parts[0] if hint.parts else Hint("any")
        if hint.kind == "dict":
            return self._dict(hint, depth)
        if hint.kind == "tuple" and hint.parts:
            return tuple(self.make(one, depth + 1) for one in hint.parts)
        size = min(self.length(), (20_000, 40, 3, 3)[min(depth, 3)])
        if depth > 3:
            size = 0
        members = self._members(inner, size, depth)
        match hint.kind:
            case "set" | "frozenset":
                kind = set if hint.kind == "set" else frozenset
                return kind(one for one in members if not isinstance(one, (list, dict, set, bytearray)))
            case "tuple" | "sequence_tuple":
                return tuple(members)
            case "iterable" | "iterator":
                if hint.kind == "iterator" or self.rng.random() < 0.5:
                    return ("\0feed", members, self.rng.random() < 0.2)
                return members
            case _:
                return tuple(members) if hint.kind == "sequence" and self.rng.random() < 0.2 else members

    def _members(self, inner: Hint, size: int, depth: int) -> list[Any]:
        if inner.kind == "any" and depth < 2:  # members are alike: numbers, texts or records
            inner = Hint(self.rng.choice(("int", "int", "str", "float", "dict", "any", "list")))
        made = [self.make(inner, depth + 1) for _ in range(min(size, 200))]
        made = made * (size // 200 + 1) if size > 200 else made
        made = made[:size]
        roll = self.rng.random()
        with contextlib.suppress(TypeError):
            made = sorted(made) if roll < 0.15 else sorted(made, reverse=True) if roll < 0.25 else made
        return made

    def _dict(self, hint: Hint, depth: int) -> dict[Any, Any]:
        key, inner = hint.parts if len(hint.parts) == 2 else (self._any_key(), Hint("any"))
        if depth > 3:
            return {}
        sure = self._focus is not None and self._focus.only
        if key.kind in {"str", "any"} and self.pools.keys and (sure or self.rng.random() < 0.75):
            likely = 1.0 if self.rng.random() < (0.85 if sure else 0.5) else 0.75
            known = [one for one in self.keys if self._belongs(one, depth)] or self.pools.keys[:12]
            names = [one for one in known if self.rng.random() < likely]
            return {name: self.make(self._member_hint(name, inner), depth + 1) for name in names}
        made = {}
        for _ in range(min(self.length(), 8)):
            one = self.pick("key") if key.kind == "str" and self.rng.random() < 0.5 else self.make(key, depth + 2)
            if not isinstance(one, (list, dict, set, bytearray)):
                made[one] = self.make(inner, depth + 1)
        return made

    def _tree(self, hint: Hint, depth: int) -> Any:
        """Return a container that holds containers of its own kind, at the keys that `values` names."""
        rng, (kind, singles, lists) = self.rng, hint.values
        deep = depth > 6 or rng.random() < 0.12 * depth
        if kind == "list":
            size = 0 if deep else rng.choice((0, 1, 2, 3))
            inner = [self.make(hint.parts[0] if hint.parts else Hint("int"), 3) for _ in range(rng.choice((0, 1, 2)))]
            made = [*inner, *(self._tree(hint, depth + 1) for _ in range(size if depth < 3 else min(size, 1)))]
            rng.shuffle(made)
            return made
        record = {
            key: one for key, one in self._dict(Hint("dict", hint.parts), 2).items() if key not in {*singles, *lists}
        }
        for key in singles:
            if rng.random() < 0.85:
                record[key] = None if deep or rng.random() < 0.2 else self._tree(hint, depth + 1)
        for key in lists:
            size = 0 if deep else rng.choice((0, 1, 1, 2, 3) if depth < 3 else (1, 1, 0))
            if rng.random() < 0.9:
                record[key] = [self._tree(hint, depth + 1) for _ in range(size)]
        return record

    def _any_key(self) -> Hint:
        """Return a hint for the keys of a dict of which nothing is known: texts most often."""
        return Hint("str") if self.keys or self.rng.random() < 0.85 else Hint(self.rng.choice(("int", "key", "float")))

    def _belongs(self, key: str, depth: int) -> bool:
        """Whether a key belongs into a record at this depth: what holds records is not inside one."""
        return depth < 2 or self.keys[key].kind not in {"list", "dict"}

    def _member_hint(self, key: str, inner: Hint) -> Hint:
        """Return what the code does with a key, where the hint leaves it open."""
        if inner.kind not in {"any", "other"} or self.rng.random() < 0.1:
            return inner
        return self.keys.get(key, inner)

    def _anything(self, depth: int, *, plain: bool) -> Any:
        kinds = ["int", "int", "str", "str", "float", "bool", "None"]
        if not plain and depth < 3:
            kinds += ["list", "list", "dict", "tuple"]
        return self.make(Hint(self.rng.choice(kinds)), depth + 1)

    def long(self, hint: Hint) -> list[Any]:
        """Return long values for a hint."""
        inner = hint.parts[0] if hint.parts else Hint("any")
        match hint.kind:
            case "str":
                return self._long_texts()
            case "any":
                return [*self._long_texts(), list(range(1500))]
            case "tree" if hint.values[0] == "list":
                return self._long_lists(Hint("int"), list)
            case "list" | "sequence" | "iterable" | "iterator" | "sequence_tuple":
                return self._long_lists(inner, tuple if hint.kind == "sequence_tuple" else list)
            case "union":
                return [one for part in hint.parts for one in self.long(part)][:4]
            case "dict":
                return [self._long_dict(hint)]
            case "bytes":
                return [bytes(range(256)) * 5]
            case "set":
                return [set(range(500))] if inner.kind in {"int", "any"} else [{self.make(inner, 2) for _ in range(40)}]
            case _:
                return []

    def _long_texts(self) -> list[Any]:
        rng = self.rng
        text = "".join(rng.choice("abc de,fgh1") for _ in range(1200))
        joined = []
        for _ in range(3):
            parts = [self._text() if rng.random() < 0.5 else self._mixed() for _ in range(90)]
            joined.append(rng.choice(("", " ", "", ",")).join(parts))
        one = self._text()
        if self.patterns:
            known = [found for found in matching(rng.choice(self.patterns), rng, 3) if found]
            places = [(found, rng.randrange(len(found))) for found in known]
            joined += [found[:place] + found[place] * 130 + found[place:] for found, place in places]
        plain = [text, "a" * 257, "word " * 300, text[:101], "7" * 130]
        return [*plain, *joined, " " * 70 + one + " " * 70, " " * 1100 + one, (one * 80)[:900]]

    def _long_lists(self, inner: Hint, kind: Any) -> list[Any]:
        numbers = inner.kind in {"int", "any", "float"}
        if inner.kind == "any":
            inner = Hint("int")
        elif inner.kind == "dict" and len(inner.parts) < 2:
            inner = Hint("dict", (Hint("str"), Hint("int")))
        base = []
        for _ in range(130):
            self.fresh()
            base.append(self.make(inner, 2))
        many = [list(range(1500)), [self.rng.randint(-999, 999) for _ in range(120)]] if numbers else []
        return [kind(one) for one in (*many, (base * 8)[:1030], base, base[:1] * 130)]

    def _long_dict(self, hint: Hint) -> dict[Any, Any]:
        key, inner = hint.parts if len(hint.parts) == 2 else (Hint("str"), Hint("int"))
        return {(n if key.kind == "int" else f"k{n}"): self.make(inner, 1) for n in range(150)}
