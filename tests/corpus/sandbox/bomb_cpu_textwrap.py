# technique: list.pop(0)/insert and textwrap on a million words
# expected: contained: timeout
import textwrap
result = len(textwrap.wrap("a " * 3000000, 3))
