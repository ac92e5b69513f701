# technique: from __main__ import x
# expected: rejected
from __main__ import __builtins__ as b
result = str(b)
