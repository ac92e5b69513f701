# technique: TypedDict with odd keys evaluates nothing
# expected: harmless
import typing
T = typing.TypedDict("T", {"a b": int, "import os": str})
result = T(**{"a b": 1})
