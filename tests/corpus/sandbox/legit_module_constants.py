# technique: BENIGN - module docstring, __all__, __version__, type aliases, constants
# expected: accepted
# expect: [{'net': 100.0}, 'Return the net price.', '1.2']
"""Tools for prices."""
__all__ = ["net"]
__version__ = "1.2"
from typing import Final
RATE: Final[float] = 0.19
Price = dict[str, float]
def net(gross: float) -> Price:
    """Return the net price."""
    return {"net": round(gross / (1 + RATE), 2)}
result = [net(119.0), net.__doc__, __version__]
