# technique: make_dataclass puts names and types into source text
# expected: rejected
import dataclasses
A = dataclasses.make_dataclass("A", [("x", "print(1)")], namespace={"__reduce__": lambda s: 1})
result = "ran"
