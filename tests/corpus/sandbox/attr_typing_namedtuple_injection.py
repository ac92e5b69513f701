# technique: typing.NamedTuple with a hostile field name
# expected: rejected
import typing
P = typing.NamedTuple("P", [("x, y=1", int)])
result = "ESCAPED"
