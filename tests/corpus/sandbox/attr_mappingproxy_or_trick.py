# technique: a right operand of | and == receives the real dict behind a mappingproxy
# expected: harmless
import types
caught = []
class Thief(dict):
    def __ror__(self, other):
        caught.append(type(other).__name__)
        return {}
    def __eq__(self, other):
        caught.append(type(other).__name__)
        return True
    def __hash__(self):
        return 1
p = types.MappingProxyType({"a": 1})
p | Thief()
p == Thief()
result = caught
