# technique: from collections.abc import sys
# expected: rejected
from collections.abc import sys
result = sys.modules["os"]
