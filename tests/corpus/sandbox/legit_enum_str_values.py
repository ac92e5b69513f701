# technique: BENIGN - str-mixed Enum, _missing_ and auto with _generate_next_value_
# expected: accepted
# expect: [True, 'closed', ['open', 'closed'], 'OPEN', 1]
from enum import Enum, auto
class Status(str, Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()
    OPEN = auto()
    CLOSED = auto()
    @classmethod
    def _missing_(cls, value):
        for m in cls:
            if m.value == str(value).lower():
                return m
        return None
result = [Status.OPEN == "open", Status("CLOSED").value, [s.value for s in Status], Status.OPEN.upper(), {"open": 1}[Status.OPEN]]
