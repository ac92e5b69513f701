# technique: the overload registry keeps functions of ours only
# expected: harmless
import typing
@typing.overload
def f(x: int) -> int: ...
@typing.overload
def f(x: str) -> str: ...
def f(x):
    return x
result = f(3)
