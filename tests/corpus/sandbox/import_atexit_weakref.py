# technique: atexit runs code when the worker ends
# expected: rejected
import atexit
atexit.register(print, "late")
result = "ran"
