# technique: contextlib.chdir
# expected: rejected
import contextlib
with contextlib.chdir("/"):
    result = "ESCAPED changed directory"
