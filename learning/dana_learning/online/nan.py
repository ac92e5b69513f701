"""NaN where a value should be: found, mended with what is served, or refused where nothing is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dana_learning.errors import ValuesError


def nan_in(values: Mapping[str, Any]) -> bool:
    """Return whether there is a NaN among values or in dicts among them."""
    return any(nan_in(one) if isinstance(one, Mapping) else is_nan(one) for one in values.values())


def is_nan(value: object) -> bool:
    """Return whether a value is a float that is NaN."""
    return isinstance(value, float | np.floating) and math.isnan(value)


def mended(values: Mapping[str, Any], served: Mapping[str, Any]) -> dict[str, Any]:
    """Return values with the served ones in the place of those that are NaN."""
    found = {name: served.get(name) if is_nan(one) else one for name, one in values.items()}
    inner = {
        name: one for name, one in found.items() if isinstance(one, Mapping) and isinstance(served.get(name), dict)
    }
    return found | {name: mended(one, served[name]) for name, one in inner.items()}


def refuse_nan(values: Mapping[str, Any]) -> None:
    """Raise ValuesError for the first NaN among values for which nothing can stand in."""
    for name, value in values.items():
        if is_nan(value) or (isinstance(value, Mapping) and nan_in(value)):
            hint = "give the value that was used, or a space: what is served stands in for NaN then"
            raise ValuesError(
                f"{name} is {value!r}, and no value of it is known", field=name, expected="a number", hint=hint
            )
