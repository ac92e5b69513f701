# technique: BENIGN - ordinary program: typing heavy
# expected: accepted
# expect: [6, 4, 'abab', True, 7, 1, 5, ['a', 'b'], None, 'inner', 'Final']
from __future__ import annotations
from typing import Annotated, Any, Callable, ClassVar, Final, Generic, Iterable, Literal, Mapping, NewType, NoReturn, NotRequired, Optional, ParamSpec, Self, Sequence, TYPE_CHECKING, TypeAlias, TypedDict, TypeGuard, TypeVar, Union, cast, overload
if TYPE_CHECKING:
    from collections.abc import Iterator
T = TypeVar("T")
P = ParamSpec("P")
UserId = NewType("UserId", int)
Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Mode = Literal["r", "w"]
class Movie(TypedDict, total=False):
    title: str
    year: NotRequired[int]
class Builder:
    registry: ClassVar[dict[str, Any]] = {}
    limit: Final = 10
    def __init__(self) -> None:
        self.parts: list[str] = []
    def add(self, part: str) -> Self:
        self.parts.append(part)
        return self
@overload
def double(x: int) -> int: ...
@overload
def double(x: str) -> str: ...
def double(x):
    return x * 2
def is_strs(xs: Sequence[object]) -> TypeGuard[Sequence[str]]:
    return all(isinstance(x, str) for x in xs)
def logged(fn: Callable[P, T]) -> Callable[P, T]:
    def inner(*args: P.args, **kwargs: P.kwargs) -> T:
        return fn(*args, **kwargs)
    return inner
@logged
def first(xs: Iterable[T], default: Optional[T] = None) -> Union[T, None]:
    return next(iter(xs), default)
age: Annotated[int, "years"] = 3
def fail(msg: str) -> NoReturn:
    raise RuntimeError(msg)
m: Movie = {"title": "x"}
result = [UserId(5) + 1, double(2), double("ab"), is_strs(["a"]), first([7]), first([], 1), cast(str, 5), Builder().add("a").add("b").parts, m.get("year"), first.__name__, Builder.__annotations__["limit"]]
