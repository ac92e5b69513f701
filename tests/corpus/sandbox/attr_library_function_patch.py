# technique: an attribute on a library function
# expected: rejected
import textwrap
textwrap.dedent.cache = 1
result = "ran"
