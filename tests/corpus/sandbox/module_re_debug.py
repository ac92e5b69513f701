# technique: re.DEBUG prints the parsed pattern somewhere harmless
# expected: harmless
import re
result = re.compile("a+b", re.DEBUG).pattern
