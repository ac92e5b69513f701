# technique: alternation with overlap in re.sub
# expected: contained: timeout
import re
result = re.sub(r"(x|xx)+y", "", "x" * 70)
