"""What a type checker sees of a `@poet` function: its own signature, with `.poet` beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from dana_poet.stages.poet import Poet

Given = ParamSpec("Given")
Bound = ParamSpec("Bound")
Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)
Decorated = TypeVar("Decorated")
First = TypeVar("First")
Class = TypeVar("Class", bound=type)


class PoetFunction(Protocol[Given, Result_co]):
    """A function under `@poet`: called as the function itself, and `.poet` says what happens around a call.

    On a class it is a method; what `instance.method` gives has `.poet`, too.
    """

    __name__: str
    __qualname__: str
    __module__: str
    __doc__: str | None
    __wrapped__: Callable[..., Any]

    @property
    def poet(self) -> Poet:
        """The door to the function's options, versions, parameters and `explain()`."""
        ...

    def __call__(self, *args: Given.args, **kwargs: Given.kwargs) -> Result_co:
        """Call the function with the stages around it."""
        ...

    @overload  # a class method: its first parameter is the class
    def __get__(
        self: Callable[Concatenate[First, Bound], Result], instance: object, owner: First
    ) -> PoetFunction[Bound, Result]: ...
    @overload  # a method of the class itself
    def __get__(self, instance: None, owner: type[Any]) -> PoetFunction[Given, Result_co]: ...
    @overload  # a method of an instance
    def __get__(
        self: Callable[Concatenate[First, Bound], Result], instance: First, owner: type[Any] | None = None
    ) -> PoetFunction[Bound, Result]: ...
    @overload  # a static method: its first parameter is anything else
    def __get__(self, instance: object, owner: type[Any] | None = None) -> PoetFunction[Given, Result_co]: ...


class PoetDecorator(Protocol):
    """What `poet(...)` with options gives: functions get `.poet`, anything else keeps its type."""

    @overload
    def __call__(self, function: Class, /) -> Class: ...  # type: ignore[overload-overlap]  # a class can be called, too
    @overload
    def __call__(self, function: Callable[Given, Result], /) -> PoetFunction[Given, Result]: ...
    @overload
    def __call__(self, function: Decorated, /) -> Decorated: ...
