# technique: BENIGN - dataclass inheritance and nested conversion
# expected: accepted
# expect: [10, "Named(value=1, children=[Node(value=2, children=[]), Named(value=3, children=[Node(value=4, children=[])], name='x')], name='n')", True, True]
from dataclasses import dataclass, field
@dataclass
class Node:
    value: int
    children: "list[Node]" = field(default_factory=list)
    def total(self) -> int:
        return self.value + sum(c.total() for c in self.children)
@dataclass
class Named(Node):
    name: str = "n"
tree = Named(1, [Node(2), Named(3, [Node(4)], "x")])
result = [tree.total(), repr(tree), Named(1) == Named(1), Named(1) != Node(1)]
