"""Read a model's answer as a value of a Dana type, or say what is wrong with it, never hand on the raw text.

Loaded with the first typed question.
"""

from __future__ import annotations

import json
from contextlib import suppress
from types import UnionType
from typing import Any, Union, get_args, get_origin

from dana_poet.errors import DanaError, DanaTypeError
from dana_poet.llm.answer import bare_word, json_values, without_thinking
from dana_poet.runtime.coerce import coerce, type_name

SCALARS = (int, float, bool)
ARRAYS = (list, tuple, set, frozenset)
NOTHING = type(None)


def read_answer(text: str, shape: Any) -> Any:
    """Return the value that an answer holds, coerced to `shape`; DanaTypeError when it holds none, or several.

    >>> read_answer("**42**", int), read_answer('Sure: {"a": 1}', dict), read_answer("Yes, because of May.", bool)
    (42, {'a': 1}, True)
    """
    answer = without_thinking(text)
    if not answer:
        raise DanaTypeError("the answer is empty")
    members = get_args(shape) if get_origin(shape) in {UnionType, Union} else (shape,)
    if str in members:
        return _text_or_value(answer, shape)
    if all(member in SCALARS or member is NOTHING for member in members):
        return _first_scalar(bare_word(answer), shape, members)
    try:
        return _only_value(json_values(answer), shape, nothing=NOTHING in members)
    except DanaTypeError as problem:
        with suppress(DanaTypeError):
            return _first_scalar(bare_word(answer), shape, members)
        raise problem from None


def _first_scalar(word: str, shape: Any, members: tuple[Any, ...]) -> Any:
    if NOTHING in members and word.lower() in {"none", "null"}:
        return None
    for member in members:
        if member in SCALARS:
            with suppress(DanaTypeError):
                return _scalar(word, member)
    raise DanaTypeError(f"{_shown(word)} is not {type_name(shape)}")


def _scalar(word: str, kind: Any) -> Any:
    """Return one number or truth value. Models write 3.0 for 3; 3.7 is no whole number that the model meant."""
    if kind is int:
        with suppress(ValueError):
            number = float(word)
            return int(number) if number.is_integer() and "." in word else coerce(word, int)
    return coerce(word, kind)


def _text_or_value(answer: str, shape: Any) -> Any:
    """Return the answer for a union with text: JSON when that is all it is, so that prose about a list stays text."""
    with suppress(ValueError, DanaError):
        return coerce(json.loads(answer), shape, deep=True)
    return answer


def _only_value(values: list[Any], shape: Any, *, nothing: bool) -> Any:
    if not values:
        raise DanaTypeError("the answer holds no complete JSON")
    fitting: list[Any] = []
    problem = ""
    for value in values:
        try:
            found = _fitted(value, shape, nothing=nothing)
        except (DanaError, TypeError, ValueError) as error:
            problem = problem or str(error)
        else:
            fitting += [] if found in fitting else [found]
    if not fitting:
        raise DanaTypeError(problem)
    if len(fitting) > 1:
        raise DanaTypeError(f"the answer holds {len(fitting)} different values, and one is needed")
    return fitting[0]


def _fitted(value: Any, shape: Any, *, nothing: bool) -> Any:
    if value is None and not nothing:
        raise DanaTypeError(f"null is not {type_name(shape)}")
    try:
        return coerce(value, shape, deep=True)
    except DanaError:
        # Asked for a list, models that are held to JSON objects answer {"items": [...]}.
        only = next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else None
        if isinstance(only, list) and (get_origin(shape) or shape) in ARRAYS:
            return coerce(only, shape, deep=True)
        raise


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")
