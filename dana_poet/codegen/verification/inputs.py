"""Make the inputs of the differential test: from hints, mined constants, examples, and everything that breaks functions."""

from __future__ import annotations

import ast
import random
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from dana_poet.codegen.verification.cases import Case
from dana_poet.codegen.verification.exact import EXACT, WRONG_EXACT
from dana_poet.codegen.verification.focus import Focus, focuses
from dana_poet.codegen.verification.guesses import as_tree, guess, key_hints, members_of
from dana_poet.codegen.verification.hints import ANY, Hint, fits, read_hint, strange
from dana_poet.codegen.verification.linked import linked
from dana_poet.codegen.verification.mining import numbers_around
from dana_poet.codegen.verification.reading import Definition, yields
from dana_poet.codegen.verification.texts import forms_of
from dana_poet.codegen.verification.values import Values
from dana_poet.codegen.verification.variations import varied

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dana_poet.codegen.verification.mining import Mined

_WRONG: tuple[Any, ...] = (
    None, "", "x", "12", 0, 3, -1, 2.5, True, [], [1], ["a"], {}, {"a": 1}, (), (1, 2), b"x", float("nan"), [None], 1 + 2j,
    ("\0fn", "double"), {1}, [[1]], {"name": None},
)  # fmt: skip
_LARGEST = 200_000
"""Characters of an input, written down; larger ones cost more than they show."""
HEAVY = 2_000
"""Numbers above this are tried apart, because loops over them may take too long."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter: its name, kind and hint, and whether it may be left out."""

    name: str
    kind: str
    hint: Hint
    optional: bool
    hinted: bool


class Sampler:
    """Makes cases for one function. The same seed makes the same cases."""

    def __init__(
        self, tree: Definition, mined: Mined, examples: Sequence[Case], seed: int, around: Sequence[ast.AST] = ()
    ) -> None:
        self.tree, self.examples = tree, examples
        self.rng = random.Random(seed)  # noqa: S311 - the same inputs for the same seed
        self.slots = _slots(tree, examples)
        self.values = Values(
            self.rng, mined, [*_leaves(examples), *_documented(tree)], key_hints(tree), forms_of([tree, *around])
        )
        self.generator = yields(tree)

    def base(self, count: int) -> list[Case]:
        """Return the cases that every candidate is tried on, light ones first."""
        most = max(count // 2, 20)
        cases = self._different(most)
        cases += [self._equal() for _ in range(8)] if len(self.slots) > 1 else []
        cases += self._aligned(self.values.mined, 40)
        cases += self._direct(self.values.mined, 1)[:90]
        cases += self._known_words(60)
        cases += self._linked(80)
        cases += self._around_examples(count // 8)
        cases += self._wrong()
        cases += self._long()
        cases += self._shared()
        if self.generator:
            cases += [replace(one, mode="close") for one in cases[:24]]
        return self._ordered(cases[: max(count, 40) + 180])

    def _different(self, count: int) -> list[Case]:
        """Return plain cases, with more tries where few values are possible."""
        found: dict[str, Case] = {}
        for number in range(3 * count if self.slots else 2):
            one = self._plain(number)
            found.setdefault(repr((one.args, one.kwargs)), one)
            if len(found) >= count:
                break
        return list(found.values())

    def targeted(self, mined: Mined, count: int) -> list[Case]:
        """Return cases around constants that only the candidate has."""
        cases = []
        for focus in focuses(mined)[: count * 2]:
            with self.values.focused(focus):
                cases += [self._plain(number) for number in range(focus.times)]
        self.rng.shuffle(cases)
        return self._ordered([*self._aligned(mined, 24), *self._direct(mined, 4)[:count], *cases[:count]])

    def _direct(self, mined: Mined, times: int) -> list[Case]:
        """Return cases in which an argument is a constant, or a number beside it."""
        numbers = [one for value in (*mined.ints, *mined.floats) for one in numbers_around([value])[:3]]
        found = []
        for place, slot in enumerate(self.slots):
            kinds = {slot.hint.kind, *(one.kind for one in slot.hint.parts if slot.hint.kind == "union")}
            known: list[Any] = [*mined.texts, *mined.keys] if kinds & {"str", "any"} else []
            letters = [one for one in mined.texts if one.isalpha()] if kinds & {"str", "any"} else []
            known += [other for one in letters for other in (one.title(), one.upper(), f" {one}")]
            known += (
                [one for one in numbers if type(one) is int or "float" in kinds]
                if kinds & {"int", "float", "any"}
                else []
            )
            for one in list(dict.fromkeys(known))[:60]:
                for _ in range(times):
                    self.values.fresh()
                    given = [self.values.make(other.hint, 0) for other in self.slots]
                    given[place] = float(one) if kinds == {"float"} and abs(one) < 1e15 else one
                    found.append(self._full(given))
        self.rng.shuffle(found)
        return found

    def _known_words(self, count: int) -> list[Case]:
        """Return cases of texts that stand in the code and nothing else, short ones too: words of a small language."""
        words = [one for one in self.values.mined.texts if 0 < len(one) < 40]
        if not words or not self.slots:
            return []
        found = []
        with self.values.focused(Focus({"str": words, "key": self.values.mined.keys}, only=True)):
            for place, slot in enumerate(self.slots):
                inner = slot.hint.parts[0].kind if slot.hint.parts else ""
                few = words[:16] if slot.hint.kind in {"list", "sequence", "iterable"} and inner == "str" else []
                pairs = [[one, two] for one in few for two in few]
                self.rng.shuffle(pairs)
                for chosen in [[], *([one] for one in few), *pairs[:40]]:
                    self.values.fresh()
                    given = [self.values.make(other.hint, 0) for other in self.slots]
                    given[place] = list(chosen)
                    found += [self._full(given)] if few else []
            found += [self._plain(number) for number in range(count // 2)]
        return found

    def _linked(self, count: int) -> list[Case]:
        """Return cases in which one argument has been made from another."""
        found = []
        for _ in range(count if len(self.slots) > 1 else 0):
            self.values.fresh()
            made = linked([self.values.make(slot.hint, 0) for slot in self.slots], self.rng, self.values.mined)
            found += [self._full(made)] if made is not None else []
        return found

    def grafted(self, fine: Sequence[Case], mined: Mined, count: int) -> list[Case]:
        """Return cases that the original answered with a constant of the candidate put into a text or list."""
        known = [*mined.texts, *mined.keys, *mined.ints, *mined.floats]
        found = []
        for _ in range(count if known and fine else 0):
            one, new = self.rng.choice(fine), self.rng.choice(known)
            args = list(one.args)
            place = self.rng.randrange(len(args)) if args else 0
            old = args[place] if args else None
            if isinstance(old, str):
                text = str(new)
                at = self.rng.choice((0, len(old), self.rng.randint(0, len(old))))
                args[place] = old[:at] + text + old[at:]
            elif isinstance(old, list):
                at = self.rng.randint(0, len(old))
                args[place] = [*old[:at], new, *old[at:]]
            elif isinstance(old, dict) and old and isinstance(new, str):
                args[place] = old | {new: self.rng.choice(list(old.values()))}
            else:
                continue
            found.append(replace(one, args=tuple(args), same=()))
        return self._ordered(found)

    def _ordered(self, cases: Iterable[Case]) -> list[Case]:
        found = {repr((one.crossing(), _kinds(one.args))): one for one in cases}
        found = {key: one for key, one in found.items() if len(key) <= _LARGEST}
        return sorted((replace(one, fit=self.fit(one)) for one in found.values()), key=lambda one: weight(one) > HEAVY)

    def fit(self, case: Case) -> str:
        """Return whether the arguments fit the hints: yes, no, or loosely."""
        pairs = list(zip(self.slots, case.args, strict=False))
        pairs += [(slot, case.kwargs[slot.name]) for slot in self.slots if slot.name in case.kwargs]
        if not all(fits(value, slot.hint) for slot, value in pairs if slot.hinted):
            return "no"
        if any(strange(value, slot.hint) for slot, value in pairs):
            return "loosely"
        return "yes" if all(slot.hinted or fits(value, slot.hint) for slot, value in pairs) else "unhinted"

    def _plain(self, number: int) -> Case:
        self.values.fresh()
        mode = "twice" if number % 2 == 0 else "call"
        return self._case([self.values.make(slot.hint, 0) for slot in self.slots], mode=mode)

    def _equal(self) -> Case:
        """Return a case whose parameters of the same hint are equal."""
        self.values.fresh()
        made: dict[Hint, Any] = {}
        for slot in self.slots:
            made.setdefault(slot.hint, self.values.make(slot.hint, 0))
        return self._case([made[slot.hint] for slot in self.slots])

    def _aligned(self, mined: Mined, count: int) -> list[Case]:
        """Return cases in which one number is a constant and the others are 1 or 0: products and sums come to it."""
        numbers = [place for place, slot in enumerate(self.slots) if slot.hint.kind in {"int", "float"}]
        found = []
        for one in dict.fromkeys([*mined.floats, *mined.ints]) if len(numbers) > 1 and numbers else ():
            for place in numbers:
                for rest, value in ((1, one), (0, one), (2, one * 4), (1, one * 0.999), (1, one * 1.001)):
                    if abs(value) < HEAVY or self.slots[place].hint.kind == "float":
                        self.values.fresh()
                        given = [self.values.make(slot.hint, 0) for slot in self.slots]
                        for other in numbers:
                            chosen = value if other == place else rest
                            given[other] = float(chosen) if self.slots[other].hint.kind == "float" else int(chosen)
                        found.append(self._full(given))
        self.rng.shuffle(found)
        return found[:count]

    def _case(self, given: list[Any], *, mode: str = "call", same: tuple[tuple[int, int], ...] = ()) -> Case:
        """Return a case; what is optional is left out now and then."""
        args: list[Any] = []
        kwargs: dict[str, Any] = {}
        for slot, value in zip(self.slots, given, strict=True):
            if slot.kind == "*":
                more = self.rng.choice((0, 0, 1, 2, 3, 8))
                args += [] if kwargs else [value, *(self.values.make(slot.hint, 1) for _ in range(more))]
            elif slot.kind == "**":
                kwargs |= {"extra": value} if self.rng.random() < 0.5 else {}
            elif slot.optional and self.rng.random() < 0.35 and not same:
                continue
            elif slot.kind == "keyword" or len(args) < self.slots.index(slot):
                kwargs[slot.name] = value
            else:
                args.append(value)
        return Case(tuple(args), kwargs, same, mode)

    def _around_examples(self, count: int) -> list[Case]:
        """Return the examples with one argument changed."""
        found = []
        for number in range(count if self.examples else 0):
            one = self.examples[number % len(self.examples)]
            if not one.args or not self.slots:
                continue
            place = self.rng.randrange(len(one.args))
            slot = self.slots[min(place, len(self.slots) - 1)]
            self.values.fresh()
            args = list(one.args)
            args[place] = varied(self.values, args[place], slot.hint)
            found.append(Case(tuple(args), dict(one.kwargs)))
        return found

    def near(self, fine: Sequence[Case], asked: int) -> list[Case]:
        """Return cases like those that the original answered with a value: the more, the fewer of all these were."""
        if not fine or not self.slots:
            return []
        count = min(90, max(30, asked // 2 - len(fine)), 12 * len(fine))
        found = []
        words = Focus({"str": self.values.mined.texts}, only=True)
        found += self._grown(fine)
        for number in range(count):
            one = fine[-1 - number % min(len(fine), 60)] if number % 2 else fine[(number * 7) % len(fine)]
            places = [place for place, slot in enumerate(self.slots) if place < len(one.args) and slot.kind != "*"]
            if places:
                place = self.rng.choice(places)
                self.values.fresh()
                args = list(one.args)
                with self.values.focused(words if number % 3 == 0 else Focus({})):
                    args[place] = varied(self.values, args[place], self.slots[place].hint)
                found.append(replace(one, args=tuple(args), same=()))
        return [one for one in self._ordered(found) if weight(one) <= HEAVY]

    def _grown(self, fine: Sequence[Case]) -> list[Case]:
        """Return lists of words of the code that were answered as no other was, with one more word."""
        words = [one for one in self.values.mined.texts if 0 < len(one) < 40][:14]
        found = []
        for place, slot in enumerate(self.slots):
            if slot.hint.kind not in {"list", "sequence", "iterable"} or [one.kind for one in slot.hint.parts] != [
                "str"
            ]:
                continue
            for one in fine[-8:]:
                if place < len(one.args) and type(one.args[place]) is list and len(one.args[place]) < 8:
                    longer = ([*one.args[place], word] for word in words)
                    found += [
                        replace(one, args=(*one.args[:place], new, *one.args[place + 1 :]), same=()) for new in longer
                    ]
        return found

    def _wrong(self) -> list[Case]:
        """Return cases with one argument of a type that does not belong there."""
        found = []
        exact = any(_holds_exact(slot.hint) for slot in self.slots)
        for place in range(len(self.slots)):
            for value in (*_WRONG, *WRONG_EXACT) if exact else _WRONG:
                self.values.fresh()
                given = [self.values.make(slot.hint, 0) for slot in self.slots]
                given[place] = value
                found.append(self._full(given))
        return found

    def _full(self, given: list[Any]) -> Case:
        args = [value for slot, value in zip(self.slots, given, strict=True) if slot.kind not in {"keyword", "**"}]
        kwargs = {slot.name: value for slot, value in zip(self.slots, given, strict=True) if slot.kind == "keyword"}
        return Case(tuple(args), kwargs)

    def _long(self) -> list[Case]:
        """Return cases with one long argument, and with all that can be long."""
        found = []
        everywhere = [self.values.long(slot.hint) for slot in self.slots]
        for place, values in enumerate(everywhere):
            for value in values:
                for _ in range(2 if len(self.slots) > 1 else 1):
                    self.values.fresh()
                    given = [self.values.make(one.hint, 0) for one in self.slots]
                    given[place] = value
                    found.append(replace(self._full(given), mode="long"))
        for place, slot in enumerate(self.slots):
            if slot.kind == "*":
                many = tuple(self.values.make(slot.hint, 1) for _ in range(130))
                found.append(Case((*(self.values.make(one.hint, 0) for one in self.slots[:place]), *many), mode="long"))
        for number in range(max(map(len, everywhere), default=0) if sum(map(bool, everywhere)) > 1 else 0):
            self.values.fresh()
            given = [
                values[number % len(values)] if values else self.values.make(slot.hint, 0)
                for slot, values in zip(self.slots, everywhere, strict=True)
            ]
            found.append(replace(self._full(given), mode="long"))
        return found

    def _shared(self) -> list[Case]:
        """Return cases in which two parameters are the same container."""
        places = [number for number, slot in enumerate(self.slots) if slot.kind in {"plain", "positional"}]
        found = []
        for first in places:
            for second in places:
                if first < second and self.slots[first].hint == self.slots[second].hint:
                    for _ in range(3):
                        self.values.fresh()
                        given = [self.values.make(slot.hint, 0) for slot in self.slots]
                        if isinstance(given[first], (list, dict, set)):
                            given[second] = given[first]
                            found.append(replace(self._full(given), same=((first, second),)))
        return found


def weight(case: Case) -> float:
    """Return the largest number among the arguments: a loop over it may take as long."""
    return max((abs(one) for one in _leaves([case]) if type(one) is int), default=0)


def _slots(tree: Definition, examples: Sequence[Case]) -> tuple[Slot, ...]:
    from dana_poet.codegen.verification.signature import parameters

    annotations = {one.arg: one.annotation for one in ast.walk(tree.args) if isinstance(one, ast.arg)}
    found = []
    for place, (name, kind, default) in enumerate(parameters(tree)):
        hint = read_hint(annotations.get(name))
        if hint == ANY and annotations.get(name) is None:
            seen = [one.args[place] for one in examples if len(one.args) > place]
            seen += [one.kwargs[name] for one in examples if name in one.kwargs]
            value = default.value if isinstance(default, ast.Constant) else None
            hint = guess(tree, name, value, seen)
        hint = as_tree(tree, members_of(tree, name, hint))
        found.append(
            Slot(name, kind, hint, default is not None or kind in {"*", "**"}, annotations.get(name) is not None)
        )
    return tuple(found)


def _leaves(cases: Iterable[Case]) -> list[Any]:
    """Return the plain values inside the arguments."""
    found: list[Any] = []
    waiting: list[Any] = [value for case in cases for value in (*case.args, *case.kwargs.values())]
    while waiting and len(found) < 400:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()][:100]
        elif isinstance(value, (list, tuple, set, frozenset)):
            waiting += list(value)[:100]
        else:
            found.append(value)
    return found


def _documented(tree: Definition) -> list[str]:
    """Return texts in quotes in the docstring: examples of inputs stand there."""
    return re.findall(r"""["']([^"'\n]{1,60})["']""", ast.get_docstring(tree) or "")[:20]


def _holds_exact(hint: Hint) -> bool:
    return hint.kind in EXACT or any(map(_holds_exact, hint.parts))


def _kinds(value: Any) -> Any:
    """Return the types inside a value: 1, 1.0 and True show themselves differently, and are equal."""
    return [type(one).__name__ for one in value]
