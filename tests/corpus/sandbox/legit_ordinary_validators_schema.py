# technique: BENIGN - ordinary program: validators schema
# expected: accepted
# expect: [{}, {'email': ['not an email'], 'age': ['must be in [0, 150]']}, {'email': ['required']}]
import re
from dataclasses import dataclass, field
from typing import Any, Callable
Rule = Callable[[Any], str | None]
def required(v): return None if v not in (None, "") else "required"
def matches(pattern: str, message: str) -> Rule:
    rx = re.compile(pattern)
    return lambda v: None if v is None or rx.fullmatch(str(v)) else message
def between(lo, hi) -> Rule:
    def rule(v):
        return None if v is None or lo <= v <= hi else f"must be in [{lo}, {hi}]"
    return rule
@dataclass
class Schema:
    fields: dict[str, list[Rule]] = field(default_factory=dict)
    def add(self, name: str, *rules: Rule) -> "Schema":
        self.fields.setdefault(name, []).extend(rules)
        return self
    def errors(self, row: dict[str, Any]) -> dict[str, list[str]]:
        found = {n: [e for r in rules if (e := r(row.get(n))) is not None] for n, rules in self.fields.items()}
        return {n: e for n, e in found.items() if e}
s = Schema().add("email", required, matches(r"[^@\s]+@[^@\s]+\.\w+", "not an email")).add("age", between(0, 150))
result = [s.errors({"email": "a@b.co", "age": 3}), s.errors({"email": "x", "age": 200}), s.errors({})]
