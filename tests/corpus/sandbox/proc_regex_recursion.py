# technique: a pattern nested 5,000 groups deep
# expected: harmless
import re
try:
    re.compile("(" * 5000 + ")" * 5000)
    result = "compiled"
except (RecursionError, re.error, OverflowError):
    result = "refused"
