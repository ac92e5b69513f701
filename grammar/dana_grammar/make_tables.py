"""Write `_tables.py` from `dana.lark`: `python -m dana_grammar.make_tables`. The only module that imports lark.

The tables are those of lark's LALR(1) construction, in strict mode, so that no conflict is ever resolved silently.
Two changes make the driver faster and leave the language as it is: a state whose only action is to pass one child on
is skipped, and chains of such actions are joined where every way into the state ends in the same symbol.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import lark
from lark.lexer import Lexer

if TYPE_CHECKING:
    from collections.abc import Iterator

GRAMMAR = Path(__file__).with_name("dana.lark")
TABLES = Path(__file__).with_name("_tables.py")
STARTS = ("program", "interpolation")
PATTERNS = ("NAME", "NUMBER", "STRING", "AUGMENTED")
HEADER = '''"""The parse tables of Dana. Made from dana.lark by `python -m dana_grammar.make_tables`: do not edit."""

# ruff: noqa
from __future__ import annotations

'''


class NoTokens(Lexer):
    """Stands where lark wants a lexer: dana_grammar brings its own tokens."""

    def __init__(self, _conf: object) -> None:
        pass

    def lex(self, _state: object, _parser_state: object) -> Iterator[lark.Token]:
        """Give no token."""
        return iter(())


class Rule(NamedTuple):
    """One production: `action` is empty where the only child is passed on; `holes` has None for absent children."""

    left: str
    size: int
    action: str
    holes: tuple[int | None, ...]


class Tables(NamedTuple):
    """What the driver needs: rows of actions (shift n > 0, reduce rule n < 0, accept 0) and gotos by symbol."""

    actions: list[dict[str, int]]
    gotos: dict[str, dict[int, int]]
    rules: list[Rule]
    starts: dict[str, int]


def lark_of(grammar: str, lexer: type[Lexer] = NoTokens) -> lark.Lark:
    """Return lark's own parser of `grammar`. GrammarError when it has a conflict."""
    return lark.Lark(
        grammar, parser="lalr", lexer=lexer, start=list(STARTS), strict=True, keep_all_tokens=True,
        maybe_placeholders=True,
    )  # fmt: skip


def rule_of(rule: Any) -> Rule:
    """Return lark's `rule` as ours: named by its alias, with the places of absent children."""
    size = len(rule.expansion)
    passes = rule.options.expand1 and not rule.alias and size == 1
    return Rule(str(rule.origin.name), size, "" if passes else str(rule.alias or rule.origin.name), holes_of(rule))


def holes_of(rule: Any) -> tuple[int | None, ...]:
    """Return for each child that the action gets its place among the real ones, () where none is absent."""
    if not any(rule.options.empty_indices):
        return ()
    holes: list[int | None] = []
    place = 0
    for absent in rule.options.empty_indices:
        holes.append(None if absent else place)
        place += not absent
    return tuple(holes + list(range(place, len(rule.expansion))))


def numbered(table: Any) -> dict[int, int]:
    """Number the states as they are met from the starts on: lark's own numbers differ from run to run."""
    names: dict[int, int] = {}
    pending = [table.start_states[start] for start in reversed(STARTS)]
    while pending:
        state = pending.pop()
        if state in names:
            continue
        names[state] = len(names) + 1
        row = sorted(table.states[state].items(), key=lambda item: str(item[0]), reverse=True)
        pending.extend(target for _, (action, target) in row if str(action) == "Shift")
    return names


def tables_of(parser: lark.Lark) -> Tables:
    """Return lark's parse table in our encoding. State 0 is never a shift target, so 0 can mean accept."""
    table = parser.parser.parser.parser.parse_table
    rules = sorted(parser.rules, key=lambda rule: (str(rule.origin.name), rule.order, str(rule)))
    numbers = {rule: number for number, rule in enumerate(rules, 1)}
    names = numbered(table)
    actions: list[dict[str, int]] = [{} for _ in range(len(names) + 1)]
    gotos: dict[str, dict[int, int]] = {}
    nonterminals = {str(rule.origin.name) for rule in rules}
    for state in names:
        row = table.states[state]
        for symbol, (action, target) in row.items():
            if symbol in nonterminals:
                gotos.setdefault(str(symbol), {})[names[state]] = names[target]
            elif str(action) == "Reduce":
                actions[names[state]][str(symbol)] = -numbers[target]
            else:
                actions[names[state]][str(symbol)] = names[target]
    for end in table.end_states.values():
        actions[names[end]]["$END"] = 0
    return Tables(
        actions, gotos, [rule_of(rule) for rule in rules], {k: names[v] for k, v in table.start_states.items()}
    )


def passed_symbol(tables: Tables, state: int, kind: str) -> str:
    """Return the symbol that `state` passes its only child on to when `kind` follows, or ''."""
    action = tables.actions[state].get(kind, 0)
    return tables.rules[-action - 1].left if action < 0 and not tables.rules[-action - 1].action else ""


def skip_states_that_only_pass_on(tables: Tables) -> None:
    """Send gotos past every state whose row is one single passing reduction."""
    changed = True
    while changed:
        changed = False
        for column in tables.gotos.values():
            for origin, target in column.items():
                if len(set(tables.actions[target].values())) != 1:
                    continue
                symbol = passed_symbol(tables, target, next(iter(tables.actions[target])))
                if symbol and tables.gotos[symbol][origin] != target:
                    column[origin] = tables.gotos[symbol][origin]
                    changed = True


def chain_of(tables: Tables, origin: int, state: int, kind: str) -> list[str]:
    """Return the symbols that one child is passed on to, in order, when the stack is `origin`, `state`."""
    chain: list[str] = []
    while symbol := passed_symbol(tables, state, kind):
        chain.append(symbol)
        state = tables.gotos[symbol][origin]
    return chain


def common_start(chains: list[list[str]]) -> list[str]:
    """Return the longest start that all `chains` share.

    >>> common_start([["a", "b"], ["a", "c"]])
    ['a']
    """
    shared = []
    for symbols in zip(*chains, strict=False):
        if len(set(symbols)) > 1:
            break
        shared.append(symbols[0])
    return shared


def join_chains(tables: Tables) -> None:
    """Replace a passing reduction by one that goes as far up as all ways into its state agree on."""
    origins: dict[int, list[int]] = {}
    for column in tables.gotos.values():
        for origin, target in column.items():
            origins.setdefault(target, []).append(origin)
    joined: dict[str, int] = {}
    changes = []
    for state, row in enumerate(tables.actions):
        for kind in sorted(row):
            if state in origins and passed_symbol(tables, state, kind):
                chains = [chain_of(tables, origin, state, kind) for origin in origins[state]]
                changes.append((state, kind, common_start(chains)[-1]))
    for state, kind, symbol in changes:
        if symbol not in joined:
            tables.rules.append(Rule(symbol, 1, "", ()))
            joined[symbol] = len(tables.rules)
        tables.actions[state][kind] = -joined[symbol]


def words_of(parser: lark.Lark) -> dict[str, dict[str, str]]:
    """Return the fixed texts of the grammar by kind: words and signs."""
    words: dict[str, str] = {}
    signs: dict[str, str] = {}
    for terminal in parser.terminals:
        text = str(terminal.pattern.value)
        if type(terminal.pattern).__name__ == "PatternStr":
            (words if text.isidentifier() else signs)[text] = str(terminal.name)
    return {"WORDS": words, "SIGNS": signs}


def source_of(grammar: str) -> str:
    """Return the text of `_tables.py` for `grammar`."""
    parser = lark_of(grammar)
    tables = tables_of(parser)
    skip_states_that_only_pass_on(tables)
    join_chains(tables)
    rows: dict[str, int] = {}
    numbers = [rows.setdefault(repr(dict(sorted(row.items()))), len(rows)) for row in tables.actions]
    patterns = {str(t.name): t.pattern.to_regexp() for t in parser.terminals if t.name in PATTERNS}
    parts = [HEADER, "ROWS: tuple[dict[str, int], ...] = (\n", *(f"    {row},\n" for row in rows), ")\n"]
    parts.append(f"ROW_OF_STATE: tuple[int, ...] = {tuple(numbers)!r}\n")
    parts.append("GOTOS: dict[str, dict[int, int]] = {\n")
    parts.extend(f"    {name!r}: {dict(sorted(column.items()))!r},\n" for name, column in sorted(tables.gotos.items()))
    parts.append("}\nRULES: tuple[tuple[str, int, str, tuple[int | None, ...]], ...] = (\n")
    parts.extend(f"    {tuple(rule)!r},\n" for rule in tables.rules)
    parts.append(f")\nSTARTS: dict[str, int] = {tables.starts!r}\nPATTERNS: dict[str, str] = {patterns!r}\n")
    parts.extend(f"{name}: dict[str, str] = {texts!r}\n" for name, texts in words_of(parser).items())
    return "".join(parts)


def main() -> None:
    """Write the tables next to this module."""
    TABLES.write_text(source_of(GRAMMAR.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stderr.write(f"wrote {TABLES}\n")


if __name__ == "__main__":
    main()
