# technique: __dataclass_fields__ bound in a class body
# expected: rejected
import dataclasses
class A:
    __dataclass_fields__ = {}
result = dataclasses.asdict(A())
