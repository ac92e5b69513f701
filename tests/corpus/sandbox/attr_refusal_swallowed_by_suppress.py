# technique: contextlib.suppress(BaseException) around the refused read
# expected: rejected
import contextlib
with contextlib.suppress(BaseException):
    getattr(int, "__ba" + "se__")
result = "ran"
