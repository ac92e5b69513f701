# technique: re.Scanner and pattern.scanner stay text tools
# expected: harmless
import re
p = re.compile("a")
result = p.scanner("aaa").match().group()
