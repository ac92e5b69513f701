# technique: from .. import
# expected: rejected
from ..dana_sandbox import guards
result = str(guards)
