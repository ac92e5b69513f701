# technique: BENIGN - ordinary program: pprint report
# expected: accepted
# expect: ["{'items': [...], 'nested': {...}, 'numbers': [...]}", '[1, 2]', True]
import pprint
from dataclasses import dataclass
@dataclass
class Item:
    name: str
    tags: list
data = {"items": [Item("alpha" * 4, ["x" * 20, "y" * 20]), Item("b", [])], "numbers": list(range(30)), "nested": {"z": {"deep": (1, 2)}, "a": None}}
pprint.pprint(data, width=60, compact=True)
printer = pprint.PrettyPrinter(indent=2, width=40, sort_dicts=False)
printer.pprint({"b": 1, "a": [1] * 20})
pprint.pp({"b": 1, "a": 2})
result = [pprint.pformat(data, depth=1), printer.pformat([1, 2]), pprint.isreadable([1])]
