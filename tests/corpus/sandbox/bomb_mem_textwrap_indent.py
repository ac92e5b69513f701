# technique: textwrap.indent with a giant prefix
# expected: contained: memory
import textwrap
result = len(textwrap.indent("a\n" * 1000, " " * 10 ** 8))
