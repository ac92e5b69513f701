# technique: re._compiler, re.sre_compile, re.copyreg
# expected: rejected
import re
result = str(re.copyreg)
