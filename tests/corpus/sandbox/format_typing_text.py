# technique: typing.Text is str
# expected: rejected
import typing
result = "ESCAPED " + typing.Text.format("{0.__class__}", 1)
