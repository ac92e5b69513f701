# technique: typing.types, typing.functools, typing.collections
# expected: rejected
import typing
result = str(typing.functools.reduce)
