# technique: from __future__ import braces
# expected: rejected
from __future__ import braces
result = "ran"
