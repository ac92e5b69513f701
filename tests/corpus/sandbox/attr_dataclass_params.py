# technique: __dataclass_params__ read by name
# expected: rejected
import dataclasses
@dataclasses.dataclass
class A:
    x: int = 0
result = str(A.__dataclass_params__)
