"""The text with which a program in the sandbox is entered, calls the original, and hands its result out.

Each call of a program runs this anew, and a program with classes is swept after each call, so it holds what the
candidate at hand can need and no more.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY = "poet_entry"
HOST = "poet_original"

# What crosses with every answer: a tag, a value, and the arguments where they may have been changed.
PLAIN, KEPT, RAISED, LOSSY = 0, 1, 2, 3

_STRANGER = 'raise TypeError("this result of the original cannot enter the sandbox: return it as it is")'
# A result that cannot cross stays with the caller. The program can hand it on; a class refuses everything else.
_KEPT = f"""
class PoetKept:
    def __getattr__(self, name):
        {_STRANGER}
    def poet_refuse(self, *others):
        {_STRANGER}
    __bool__ = __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __len__ = __iter__ = __getitem__ = poet_refuse
    __contains__ = __str__ = __repr__ = __hash__ = __add__ = __call__ = poet_refuse

def poet_hold():
    return PoetKept()
"""
_KEPT_PLAINLY = f"""
def poet_hold():
    def kept(*others):
        {_STRANGER}
    return kept
"""
# `original` sends copies to the caller's process and brings changes of them back.
_ORIGINAL = f"""
poet_raised = []
poet_kept = []

def poet_update(old, new):
    if type(old) is list:
        old[:] = [poet_merge(old[i] if i < len(old) else None, part) for i, part in enumerate(new)]
    elif type(old) is dict:
        merged = {{key: poet_merge(old.get(key), part) for key, part in new.items()}}
        old.clear()
        old.update(merged)
    elif type(old) is set:
        old.clear()
        old.update(new)

def poet_merge(old, new):
    if type(old) is not type(new) or type(new) not in (list, dict, set, tuple):
        return new
    if type(new) is tuple:
        return tuple([poet_merge(before, after) for before, after in zip(old, new)]) if len(old) == len(new) else new
    poet_update(old, new)
    return old

def poet_in(answer):
    if answer[0] != {KEPT}:
        return answer[1]
    held = poet_hold()
    poet_kept.append((held, answer[1]))
    return held

def original(*args, **kwargs):
    try:
        answer = {HOST}(list(args), kwargs)
    except Exception as error:
        poet_raised.append(error)
        raise
    if answer[2]:
        poet_update(list(args), answer[2])
    if answer[3]:
        poet_update(kwargs, answer[3])
    return ANSWERED
"""
_LOSSY = f"""
def poet_lossy(value):
    kind = type(value)
    if value is None or kind in (int, str, float, bool, bytes):
        return False
    if kind in (list, tuple, set, frozenset):
        return any(type(part) not in (int, str, float, bool) and poet_lossy(part) for part in value)
    if kind is dict:
        return any(type(part) not in (int, str, float, bool) and poet_lossy(part) for part in value.values())
    from dataclasses import is_dataclass
    return isinstance(value, (dict, tuple)) or is_dataclass(value)

def poet_out(value):
HANDED    if poet_lossy(value):
        return ({LOSSY}, type(value).__name__)
    return ({PLAIN}, value)
"""
_HANDED = f"""    for held, number in poet_kept:
        if value is held:
            return ({KEPT}, number)
"""
_DRAINED = f"""
def poet_drained(made):
    parts = []
    while True:
        try:
            parts.append(poet_out(next(made)))
        except StopIteration as end:
            return ({PLAIN}, (parts, poet_out(end.value)))
"""
_ENTRY = f"""
def {ENTRY}(poet_args, poet_kwargs, poet_back):
    args, kwargs, back = poet_args, poet_kwargs, poet_back
    tag, value = LEAVING
    return (tag, value, args, kwargs) if back else (tag, value)
"""
_ENTRY_CALLING = f"""
def {ENTRY}(poet_args, poet_kwargs, poet_back):
    args, kwargs, back = poet_args, poet_kwargs, poet_back
    try:
        tag, value = LEAVING
    except Exception as error:
        for number, raised in enumerate(poet_raised):
            if raised is error:
                return ({RAISED}, number)
        raise
    return (tag, value, args, kwargs) if back else (tag, value)
"""
_ONE = "poet_in(answer)"
_MANY = "iter([poet_in(part) for part in answer[1]])"
# Names in hints whose values enter a sandbox; those of iterators stand for their items.
_PLAIN_HINTS = frozenset(
    "int str float bool bytes complex None NoneType list dict tuple set frozenset List Dict Tuple Set Optional Union "
    "typing collections abc Iterator Iterable Generator AsyncIterator AsyncIterable AsyncGenerator".split()
)


_THERE = f"""    if type(value) is PoetThere:
        return ({KEPT}, value.poet_number)
"""


def way(name: str, *, calls: bool, yields: bool, strangers: bool, reaches: bool = False) -> str:
    """Return the text that comes after the function `name`.

    `calls` tells whether it may ask for the original, `yields` whether it is a generator, `strangers` whether the
    original's results may be of types that cannot enter, `reaches` whether stand-ins of what is outside come before.

    >>> "class Poet" in way("f", calls=True, yields=False, strangers=False)
    False
    """
    called = f"{name}(*args, **kwargs)"
    entry = (_ENTRY_CALLING if calls or reaches else _ENTRY).replace(
        "LEAVING", f"poet_drained({called})" if yields else f"poet_out({called})"
    )
    handed = (_HANDED if calls else "") + (_THERE if reaches else "")
    parts = [_LOSSY.replace("HANDED", handed), _DRAINED if yields else "", entry]
    if calls:
        asking = _ORIGINAL.replace("poet_raised = []\n", "", 1) if reaches else _ORIGINAL
        parts += [_KEPT if strangers else _KEPT_PLAINLY, asking.replace("ANSWERED", _MANY if yields else _ONE)]
    return "".join(parts)


def may_give_strangers(original: Callable[..., Any]) -> bool:
    """Whether a function's return hint leaves room for results that cannot enter a sandbox.

    >>> def plain() -> list[int]: ...
    >>> def other(): ...
    >>> may_give_strangers(plain), may_give_strangers(other)
    (False, True)
    """
    hint = getattr(inspect.unwrap(original), "__annotations__", {}).get("return", inspect.Signature.empty)
    if hint is inspect.Signature.empty:
        return True
    text = hint if isinstance(hint, str) else inspect.formatannotation(hint)
    return not set(re.findall(r"[^\W\d]\w*", text)) <= _PLAIN_HINTS
