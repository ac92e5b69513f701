# technique: math.__loader__, math.__spec__
# expected: rejected
import math
result = str(math.__spec__)
