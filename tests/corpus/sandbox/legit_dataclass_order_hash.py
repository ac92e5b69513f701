# technique: BENIGN - dataclass with order, unsafe hash, default_factory lambdas and class methods
# expected: accepted
# expect: [['a', 'b', 'c'], True, 1, True, "Task(priority=1, name='a', tags=())"]
from dataclasses import dataclass, field
@dataclass(order=True, frozen=True)
class Task:
    priority: int
    name: str = field(compare=False)
    tags: tuple = field(default_factory=tuple, compare=False, hash=False)
    @classmethod
    def parse(cls, text):
        p, _, n = text.partition(":")
        return cls(int(p), n.strip())
    @property
    def urgent(self):
        return self.priority < 2
tasks = sorted(map(Task.parse, ["3: c", "1: a", "2: b"]))
result = [[t.name for t in tasks], tasks[0].urgent, len({Task(1, "x"), Task(1, "y")}), Task(1, "q") < Task(2, "a"), repr(tasks[0])]
