# technique: BENIGN - ordinary program: units convert
# expected: accepted
# expect: [5000.0, 1.0668, 0.01, 100.0, ("unknown unit 'parsecs'", "KeyError('parsecs')"), ("cannot parse 'abc'", 'None')]
import re
FACTORS = {"mm": 1e-3, "cm": 1e-2, "m": 1.0, "km": 1e3, "in": 0.0254, "ft": 0.3048, "mi": 1609.344}
def to_metres(text: str) -> float:
    match = re.fullmatch(r"\s*([-+]?\d*\.?\d+(?:e[-+]?\d+)?)\s*([a-z]+)\s*", text, flags=re.I)
    if not match:
        raise ValueError(f"cannot parse {text!r}")
    value, unit = match.groups()
    try:
        return float(value) * FACTORS[unit.lower()]
    except KeyError as exc:
        raise ValueError(f"unknown unit {unit!r}") from exc
out = []
for t in ["5 km", "3.5ft", "10 MM", "1e2 m", "7 parsecs", "abc"]:
    try:
        out.append(round(to_metres(t), 4))
    except ValueError as exc:
        out.append((str(exc), repr(exc.__cause__)))
result = out
