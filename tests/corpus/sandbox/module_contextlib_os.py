# technique: contextlib.os and contextlib.sys
# expected: rejected
import contextlib
result = contextlib.sys.modules
