# technique: BENIGN - Enum: auto, values, aliases, methods, lookup, iteration
# expected: accepted
# expect: [[1, 2], '<Green>', True, True, 11, 'LOW', '7 is not a valid Color', True, '<Color.RED: 1>', 2]
from enum import Enum, IntEnum, auto, unique
@unique
class Color(Enum):
    RED = auto()
    GREEN = auto()
    @property
    def pretty(self):
        return self.name.capitalize()
    @classmethod
    def parse(cls, text):
        return cls[text.upper()]
    def __str__(self):
        return f"<{self.pretty}>"
class Level(IntEnum):
    LOW = 1
    HIGH = 10
try:
    Color(7)
    bad = None
except ValueError as e:
    bad = str(e)
result = [[c.value for c in Color], str(Color.parse("green")), Color.RED is Color(1), Level.HIGH > Level.LOW, Level.HIGH + 1,
          sorted([Level.HIGH, Level.LOW])[0].name, bad, Color.RED in Color, repr(Color.RED), len(Color)]
