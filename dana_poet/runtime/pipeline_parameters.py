"""What a callable takes: how many values fit, under which names, and what is wrong with a call that does not fit.

Plain functions are read from their code object, so that a program with pipelines does not load `inspect`.
"""

from __future__ import annotations

from dana_poet.errors import DanaCallError

TYPE_CHECKING = False  # `typing` costs more time to load than a small program takes to run
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

TAKES_ANY_COUNT, TAKES_ANY_NAME = 4, 8  # bits of a code object's co_flags
LAYERS = 8
"""How many decorators are looked through; bounded because some objects answer every attribute."""


class Parameters:
    """The parameters of one callable. `star` and `double_star` are the names after `*` and `**`, or empty."""

    __slots__ = ("by_name_only", "defaults", "double_star", "names", "required_by_name", "star")

    def __init__(
        self,
        names: tuple[str, ...],
        defaults: Mapping[str, object],
        by_name_only: tuple[str, ...] = (),
        *,
        star: str = "",
        double_star: str = "",
    ) -> None:
        self.names = names
        self.defaults = defaults
        self.by_name_only = by_name_only
        self.required_by_name = frozenset(name for name in by_name_only if name not in defaults)
        self.star = star
        self.double_star = double_star

    def without_first(self) -> Parameters:
        """Return the parameters that are left when the first is bound, as in a method."""
        return Parameters(
            self.names[1:], self.defaults, self.by_name_only, star=self.star, double_star=self.double_star
        )

    def accept(self, count: int, named: Iterable[str]) -> bool:
        """Whether `count` values by position and values under the names `named` make a complete call."""
        if count > len(self.names) and not self.star:
            return False
        by_position = frozenset(self.names[:count])
        given = frozenset(named)
        known = frozenset(self.names) | frozenset(self.by_name_only)
        if given & by_position or (given - known and not self.double_star):
            return False
        needed = {name for name in self.names[count:] if name not in self.defaults} | self.required_by_name
        return needed <= given

    def bind(self, owner: str, args: tuple[object, ...], named: Mapping[str, object]) -> dict[str, object]:
        """Return a value for every parameter, defaults filled in. DanaCallError names the parameter that is wrong."""
        if len(args) > len(self.names) and not self.star:
            own = self._bound()
            message = f"{owner}() takes {_counted(len(self.names) - own)}, got {len(args) - own}"
            raise DanaCallError(message, hint=self.as_hint())
        values: dict[str, object] = dict(zip(self.names, args, strict=False))
        if self.star:
            values[self.star] = args[len(self.names) :]
        others = self._take_named(owner, values, named)
        if self.double_star:
            values[self.double_star] = others
        for name in (*self.names, *self.by_name_only):
            if name not in values:
                values[name] = self._default(owner, name)
        return values

    def _take_named(self, owner: str, values: dict[str, object], named: Mapping[str, object]) -> dict[str, object]:
        others: dict[str, object] = {}
        for name, value in named.items():
            if name in values and name in self.names:
                raise DanaCallError(f"{owner}() got two values for '{name}'", hint=self.as_hint())
            if name in self.names or name in self.by_name_only:
                values[name] = value
            elif self.double_star:
                others[name] = value
            else:
                raise DanaCallError(f"{owner}() has no parameter '{name}'", hint=self.as_hint())
        return others

    def _default(self, owner: str, name: str) -> object:
        if name not in self.defaults:
            raise DanaCallError(f"{owner}() needs a value for '{name}'", hint=self.as_hint())
        default = self.defaults[name]
        # A call must not see what an earlier call did to a default.
        return default.copy() if isinstance(default, list | dict | set) else default

    def by_position(self, values: Mapping[str, Any]) -> tuple[object, ...]:
        """Return the values of `bind` that stand by position, those of a starred parameter included."""
        return (*(values[name] for name in self.names), *(values[self.star] if self.star else ()))

    def _bound(self) -> int:
        """Return how many of the parameters a call of a method does not show."""
        return 1 if self.names[:1] == ("self",) else 0

    def as_hint(self) -> str:
        """Return the parameters in one line."""
        names = [*self.names[self._bound() :], *([f"*{self.star}"] if self.star else ()), *self.by_name_only]
        names += [f"**{self.double_star}"] if self.double_star else []
        return f"its parameters: {', '.join(names)}" if names else "it takes no values"


def _counted(count: int) -> str:
    return "no values" if count == 0 else f"at most {count} value{'s' if count > 1 else ''}"


def parameters_of(function: Any, *, look_deeper: bool = True) -> Parameters | None:
    """Return what `function` takes, None when that cannot be known.

    `look_deeper` allows to load `inspect` for classes and functions written in C.
    """
    for _ in range(LAYERS):
        function = getattr(function, "__wrapped__", function)
    own = getattr(type(function), "_taken", None)  # a Pipeline knows what it takes
    if own is not None:
        known: Parameters | None = own(function)
        return known
    if hasattr(function, "__func__"):
        inner = parameters_of(function.__func__, look_deeper=look_deeper)
        return inner.without_first() if inner else None
    if hasattr(function, "__code__"):
        return _of_code(function)
    return _of_signature(function) if look_deeper else None


def _of_code(function: Any) -> Parameters:
    code = function.__code__
    count, by_name_only = code.co_argcount, code.co_kwonlyargcount
    names = code.co_varnames
    ends = count + by_name_only
    star = names[ends] if code.co_flags & TAKES_ANY_COUNT else ""
    double_star = names[ends + bool(star)] if code.co_flags & TAKES_ANY_NAME else ""
    positional_defaults = function.__defaults__ or ()
    defaults = dict(zip(names[count - len(positional_defaults) : count], positional_defaults, strict=True))
    defaults.update(function.__kwdefaults__ or {})
    return Parameters(names[:count], defaults, names[count:ends], star=star, double_star=double_star)


def _of_signature(function: Callable[..., object]) -> Parameters | None:
    import inspect

    try:
        parameters = inspect.signature(function).parameters.values()
    except (ValueError, TypeError):
        return None
    by_kind: dict[object, list[str]] = {}
    for parameter in parameters:
        by_kind.setdefault(parameter.kind, []).append(parameter.name)
    kinds = inspect.Parameter
    return Parameters(
        (*by_kind.get(kinds.POSITIONAL_ONLY, ()), *by_kind.get(kinds.POSITIONAL_OR_KEYWORD, ())),
        {item.name: item.default for item in parameters if item.default is not kinds.empty},
        tuple(by_kind.get(kinds.KEYWORD_ONLY, ())),
        star="".join(by_kind.get(kinds.VAR_POSITIONAL, ())),
        double_star="".join(by_kind.get(kinds.VAR_KEYWORD, ())),
    )


def fitting(function: Callable[..., object], count: int) -> Callable[..., object]:
    """Return `function`, or one that takes `count` values and passes on as many as `function` has room for.

    A pipeline hands its own parameters to its first stage; what the stage has no room for is there for later
    stages, by name. A class whose parameters are unknown (`int`, `str`) converts one value.
    """
    known = parameters_of(function, look_deeper=count > 1)
    if known is None:
        room = 1 if count > 1 and isinstance(function, type) else count
    else:
        room = count if known.star else len(known.names)
    if room >= count:
        return function

    def with_room(*values: object) -> object:
        return function(*values[:room])

    with_room.__name__ = getattr(function, "__name__", "stage")
    with_room.__annotations__ = getattr(function, "__annotations__", {})
    return with_room
