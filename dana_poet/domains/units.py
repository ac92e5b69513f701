"""Units that people write beside a number, and how one becomes another; a table, read by quantities with a dimension."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, get_args

from dana_poet.domains.reading import Unreadable, split

# Each unit is (factor, offset) to the first unit of its dimension: value * factor + offset.
Scale = tuple[Fraction, Fraction]
NONE = Fraction(0)


def _scales(text: str) -> dict[str, Scale]:
    """Return the units of a table `name=factor` or `name=factor+offset`."""
    found: dict[str, Scale] = {}
    for part in text.split():
        name, formula = part.split("=")
        factor, _, offset = formula.partition("+")
        found[name] = (Fraction(factor), Fraction(offset or 0))
    return found


DIMENSIONS: dict[str, dict[str, Scale]] = {
    "temperature": {"C": (Fraction(1), NONE), "F": (Fraction(5, 9), Fraction(-160, 9)), "K": (Fraction(1), Fraction("-273.15"))},
    "temperature difference": _scales("K=1 C=1 F=5/9"),
    "power": _scales("W=1 kW=1000 MW=1000000 GW=1000000000 mW=1/1000 hp=745.7 BTU/h=0.29307107"),
    "energy": _scales("kWh=1 Wh=1/1000 MWh=1000 GWh=1000000 J=1/3600000 kJ=1/3600 MJ=5/18 GJ=2500/9 BTU=0.000293071 therm=29.3071"),
    "pressure": _scales(
        "Pa=1 hPa=100 kPa=1000 MPa=1000000 mbar=100 bar=100000 psi=6894.757293168 mmHg=133.322387415 Torr=133.322368421"
        " mTorr=0.133322368421 atm=101325 inHg=3386.389"
    ),
    "flow": _scales("m3/h=1 m3/s=3600 l/s=3.6 l/min=0.06 cfm=1.699010796"),
    "gas flow": _scales("sccm=1 slm=1000"),
    "length": _scales("m=1 km=1000 cm=1/100 mm=1/1000 um=1/1000000 nm=1/1000000000 in=0.0254 ft=0.3048 mil=0.0000254"),
    "mass": _scales("kg=1 g=1/1000 mg=1/1000000 ug=1/1000000000 lb=0.45359237 oz=0.028349523125 t=1000"),
    "time": _scales("s=1 ms=1/1000 min=60 h=3600 d=86400"),
    "rate per minute": _scales("/min=1 bpm=1 Hz=60"),
    "voltage": _scales("V=1 mV=1/1000 kV=1000"),
    "current": _scales("A=1 mA=1/1000 kA=1000"),
    "concentration": _scales("ppm=1 ppb=1/1000 %=10000"),
    "glucose": _scales("mg/dL=1 mmol/L=18.0156"),
    "share": _scales("%=1"),
    "illuminance": _scales("lx=1"),
    "rotation": _scales("rpm=1"),
}  # fmt: skip
"""Units by dimension; the first is the one that is used where nobody says another."""
SPELT = {
    "°c": "C", "℃": "C", "celsius": "C", "degc": "C", "°f": "F", "℉": "F", "fahrenheit": "F", "degf": "F", "kelvin": "K",
    "watt": "W", "watts": "W", "kilowatt": "kW", "kilowatts": "kW", "btu/hr": "BTU/h", "btuh": "BTU/h",
    "m³/h": "m3/h", "m^3/h": "m3/h", "cmh": "m3/h", "lps": "l/s", "lpm": "l/min", "µm": "um", "μm": "um", "micron": "um",
    "microns": "um", "inch": "in", "inches": "in", '"': "in", "feet": "ft", "foot": "ft", "metre": "m", "meter": "m",
    "metres": "m", "meters": "m", "lbs": "lb", "pound": "lb", "pounds": "lb", "kilogram": "kg", "kilograms": "kg",
    "kilo": "kg", "kilos": "kg", "kgs": "kg", "µg": "ug", "mcg": "ug", "sec": "s", "secs": "s", "second": "s",
    "seconds": "s", "mins": "min", "minute": "min", "minutes": "min", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "beats/min": "/min", "breaths/min": "/min", "per minute": "/min", "1/min": "/min",
    "lux": "lx", "percent": "%", "pct": "%", "mm hg": "mmHg", "mg/dl": "mg/dL", "mmol/l": "mmol/L", "deg c": "C",
    "deg f": "F", "° c": "C", "° f": "F",
}  # fmt: skip


def unit_of(dimension: str, text: str) -> str | None:
    """Return the table's name of a unit as a person writes it, or None. Case counts only where it tells units apart.

    >>> unit_of("temperature", "°f"), unit_of("power", "kw"), unit_of("power", "mw")
    ('F', 'kW', None)
    """
    units, bare = DIMENSIONS[dimension], text.strip()
    if bare in units:
        return bare
    spelt = SPELT.get(bare.lower())
    if spelt in units:
        return spelt
    near = [unit for unit in units if unit.lower() == bare.lower()]
    return near[0] if len(near) == 1 else None


def convert(amount: Decimal, dimension: str, source: str, target: str) -> Decimal:
    """Return an amount in another unit of the same dimension, exact but for the last of 28 digits.

    >>> convert(Decimal(72), "temperature", "F", "C").quantize(Decimal("0.01"))
    Decimal('22.22')
    """
    if source == target:
        return amount
    factor, offset = DIMENSIONS[dimension][source]
    to_factor, to_offset = DIMENSIONS[dimension][target]
    exact = (Fraction(amount) * factor + offset - to_offset) / to_factor
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def read_with_unit(text: str, dimension: str, target: str) -> Decimal:
    """Return the number that a text means in the target unit; a text without a unit is in it already. Or `Unreadable`.

    >>> read_with_unit("5 kW", "power", "W"), read_with_unit("5000", "power", "W")
    (Decimal('5000'), Decimal('5000'))
    """
    amount, written = split(text)
    if not written:
        return amount
    source = unit_of(dimension, written)
    if source is None:
        raise Unreadable(f"'{written}' is no unit of {dimension}; there are {', '.join(DIMENSIONS[dimension])}")
    return convert(amount, dimension, source, target)


def asked_unit(dimension: str, name: str, hint: Any) -> str | None:
    """Return the unit that a parameter asks for: of its `Annotated` hint, else of the end of its name; or None.

    >>> from typing import Annotated
    >>> asked_unit("temperature", "t", Annotated[float, "°F"]), asked_unit("power", "power_kw", float)
    ('F', 'kW')
    """
    for said in _said(hint):
        found = unit_of(dimension, said)
        if found is not None:
            return found
    return _suffix(dimension, name)


def _said(hint: Any) -> list[str]:
    """Return the texts that stand beside a hint, also inside a union."""
    beside = [*getattr(hint, "__metadata__", ())]
    for one in get_args(hint):
        beside.extend(getattr(one, "__metadata__", ()))
    texts = [one if isinstance(one, str) else getattr(one, "unit", "") for one in beside]
    return [text for text in texts if isinstance(text, str) and text]


@lru_cache(maxsize=1024)
def _suffix(dimension: str, name: str) -> str | None:
    _, _, last = name.rpartition("_")
    return unit_of(dimension, last) if last and last != name else None
