# technique: BENIGN - ordinary program: enum flags perm
# expected: accepted
# expect: [True, False, True, ['R', 'W', 'X'], 9.82, 'MARS', 'red', 'blue', 'HIGH', True, ['RED', 'BLUE'], '<Perm.X: 4>', True, 'red']
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique
class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W
@unique
class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)
    MARS = (6.42e23, 3.39e6)
    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius
    @property
    def gravity(self):
        return round(6.674e-11 * self.mass / self.radius ** 2, 2)
class Color(StrEnum):
    RED = auto()
    BLUE = auto()
    @classmethod
    def _missing_(cls, value):
        return next((m for m in cls if m.value == str(value).lower()), None)
class Prio(IntEnum):
    LOW = 1
    HIGH = 10
p = Perm.R | Perm.X
result = [Perm.W in Perm.RW, bool(p & Perm.W), (p ^ Perm.X) is Perm.R, [f.name for f in Perm], Planet.EARTH.gravity, Planet((6.42e23, 3.39e6)).name, Color("RED").value, f"{Color.BLUE}", max(Prio).name, Prio.HIGH > 5, list(Color.__members__), repr(~Perm.RW), "RED" in Color.__members__, Color.__members__["RED"].value]
