# technique: BENIGN - Enum with methods used as a strategy table and in comprehension
# expected: accepted
# expect: [3, '+-', {'ADD': 8, 'SUB': 2}, 'add', True, True]
from enum import Enum
class Op(Enum):
    ADD = "+"
    SUB = "-"
    def apply(self, a, b):
        return {Op.ADD: a + b, Op.SUB: a - b}[self]
    @classmethod
    def symbols(cls):
        return "".join(m.value for m in cls)
result = [Op("+").apply(1, 2), Op.symbols(), {m.name: m.apply(5, 3) for m in Op}, Op.ADD.name.lower(), isinstance(Op.ADD, Op), Op["SUB"] is Op.SUB]
