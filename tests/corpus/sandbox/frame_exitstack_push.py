# technique: ExitStack.push gives the traceback to a callback
# expected: rejected
import contextlib
seen = []
def cb(kind, value, tb):
    seen.append(getattr(tb, "tb_" + "frame"))
    return True
with contextlib.ExitStack() as stack:
    stack.push(cb)
    1 / 0
result = "ESCAPED " + str(seen)
