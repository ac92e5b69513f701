# technique: import collections.abc as __name__
# expected: rejected
import collections.abc as __loader__
result = "ran"
