"""Closes doors inside the standard library of a process that serves programs. Never called in the host.

A few functions of the library set or read attributes whose names their caller can choose. Programs reach them in many
ways (`copy.copy`, `UserDict.copy`, `dataclasses.asdict`, decorators), so they are closed where they are defined.
"""

from __future__ import annotations

import abc
import collections
import copy
import enum
import functools
from types import FunctionType
from typing import TYPE_CHECKING, Any

from dana_sandbox.facades.safe_wraps import copy_names
from dana_sandbox.names import STATE
from dana_sandbox.own_classes import is_class
from dana_sandbox.run_builtins import judge_bases
from dana_sandbox.run_state import program_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dana_sandbox.facades.state import State


def close_doors() -> None:
    """Put the checked versions in place; doing it twice changes nothing."""
    put: Any = setattr  # the library's own names, which no type knows
    put(copy, "_reconstruct", _reconstruct)
    put(functools, "update_wrapper", _update_wrapper)
    put(collections.UserDict, "__copy__", _copy_user_container)
    put(collections.UserList, "__copy__", _copy_user_container)
    put(abc, "abstractmethod", _abstractmethod)
    put(enum.EnumType, "_convert_", _convert_to_enum)
    if enum.EnumType._create_ is not _create_enum:  # type: ignore[attr-defined] # the functional API, which typeshed leaves out
        put(enum.EnumType, "_create_", _create_enum)


def _reconstruct(
    x: Any,
    memo: dict[int, Any] | None,
    func: Callable[..., Any],
    args: Iterable[Any],
    state: Any = None,
    listiter: Iterable[Any] | None = None,
    dictiter: Iterable[tuple[Any, Any]] | None = None,
    **_deepcopy: Any,
) -> Any:
    """Do what `copy` does, but write a state only into a new object of the same class as the old one.

    A class whose `__new__` returns another object would have the state written into that one.
    """

    def copied(value: Any) -> Any:
        return value if memo is None else copy.deepcopy(value, memo)

    y = func(*[copied(argument) for argument in args])
    if type(y) is not type(x) and (state is not None or func is getattr):
        raise TypeError(f"a {type(x).__name__} object cannot be copied: its copy would be a {type(y).__name__}")
    if memo is not None:
        memo[id(x)] = y
    if state is not None:
        _write_state(y, copied(state))
    for item in listiter or ():
        y.append(copied(item))
    for key, value in dictiter or ():
        y[copied(key)] = copied(value)
    return y


def _write_state(y: Any, state: Any) -> None:
    if hasattr(y, "__setstate__"):
        y.__setstate__(state)
        return
    state, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if state is not None:
        y.__dict__.update(state)
    for name, value in (slots or {}).items():
        if type(name) is not str or name.startswith("__"):
            raise TypeError("a copy cannot be given such a state")
        setattr(y, name, value)


def _update_wrapper(wrapper: Any, wrapped: Any, assigned: object = None, updated: object = None) -> Any:  # noqa: ARG001
    """Copy names and public attributes; the library copies raw class dictionaries too."""
    return copy_names(wrapper, wrapped)


def _copy_user_container(self: Any) -> Any:
    kind: Any = type(self)
    made = kind.__new__(kind)
    if type(made) is not type(self):
        raise TypeError(f"a {type(self).__name__} object cannot be copied: its copy would be a {type(made).__name__}")
    made.__dict__.update(self.__dict__)
    made.__dict__["data"] = self.__dict__["data"].copy()
    return made


_library_convert: Any = vars(enum.EnumType)["_convert_"]
_library_create: Any = enum.EnumType._create_  # type: ignore[attr-defined] # the functional API, which typeshed leaves out


def _convert_to_enum(cls: Any, *arguments: Any, **options: Any) -> Any:
    """Make an enum out of a module's constants, for the library alone: it takes the names of any module."""
    if program_frame() is not None:
        raise TypeError("an enum of a module's constants is not available here")
    return _library_convert(cls, *arguments, **options)


def _abstractmethod(funcobj: Any) -> Any:
    """Mark a method as one that subclasses must define; functions and classes of the library are not marked."""
    frame = program_frame()
    foreign = isinstance(funcobj, FunctionType | type)
    if foreign and frame is not None and not _is_own(frame.f_builtins[STATE], funcobj):
        raise TypeError("abstractmethod marks functions of this program")
    funcobj.__isabstractmethod__ = True
    return funcobj


def _is_own(state: State, value: object) -> bool:
    return state.is_own_function(value) or state.is_own_class(value)


def _judge_mixin(cls: type, kind: object) -> None:
    """Let a call make no enum that a class statement could not."""
    frame = program_frame()
    if kind is None or frame is None:
        return
    if not is_class(kind):
        raise TypeError("the type of an enum must be a class")
    judge_bases((kind, cls), frame.f_builtins[STATE])


def _create_enum(cls: Any, class_name: str, names: Any, **options: Any) -> Any:
    """Make an enum from a call, with members that a class statement could have: no method in disguise."""
    if isinstance(names, str):
        names = str.__str__(names).replace(",", " ").split()
    pairs = list(names.items() if isinstance(names, dict) else names)
    for pair in pairs:
        name = pair if isinstance(pair, str) else pair[0]
        if type(name) is not str or not name.isidentifier() or name.startswith("_"):
            raise ValueError(f"an enum member must have a plain name, got {name!r}")
    _judge_mixin(cls, options.get("type"))
    return _library_create(cls, str.__str__(class_name), pairs, **{**options, "module": "__main__"})
